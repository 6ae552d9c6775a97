/// When the steps of a program run and where their values lie; the same for every backend.
package struct ExecutionPlan: Hashable, Sendable {
    /// Consecutive steps that may run at the same time.
    package let phases: [Range<Int>]
    package let slots: [Slot]
    /// By the value's id; nil for ids that the program no longer uses.
    package let slotOfValue: [Int?]

    package init(_ program: Program) {
        phases = assignPhases(program)
        (slots, slotOfValue) = assignSlots(program, phases)
    }
}
