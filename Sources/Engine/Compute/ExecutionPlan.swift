/// When the steps of a program run and where their values lie; the same for every backend.
package struct ExecutionPlan: Hashable, Sendable {
    /// Memory that holds one value after another.
    package struct Slot: Hashable, Sendable {
        /// Floats a row: the widest of its values.
        package fileprivate(set) var width: Int
        package let rows: RowSet
    }

    /// Consecutive steps that may run at the same time: none reads what another of them writes, so that nothing but the end
    /// of a phase has to be waited for.
    package let phases: [Range<Int>]
    package private(set) var slots: [Slot] = []
    /// By the value's id; nil for ids that the program no longer uses.
    package private(set) var slotOfValue: [Int?]

    package init(_ program: Program) {
        phases = Self.phases(of: program)
        slotOfValue = Array(repeating: nil, count: program.valueCount)
        assignSlots(program)
    }

    private static func phases(of program: Program) -> [Range<Int>] {
        var phases: [Range<Int>] = []
        var start = 0
        var values: Set<Int> = []
        var layers: Set<CacheLayer> = []
        for (index, step) in program.steps.enumerated() {
            let operation = step.operation
            let waits =
                operation.inputs.contains { values.contains($0.id) } || operation.read.contains(where: layers.contains)
                || operation.written.contains(where: layers.contains)
            if waits {
                phases.append(start..<index)
                start = index
                values.removeAll(keepingCapacity: true)
                layers.removeAll(keepingCapacity: true)
            }
            values.formUnion(operation.outputs.map(\.id))
            layers.formUnion(operation.written)
        }
        if start < program.steps.count { phases.append(start..<program.steps.count) }
        return phases
    }

    /// Gives values whose lives do not overlap the same slot. A value lives from the phase that writes it to the end of the
    /// last phase that reads it.
    private mutating func assignSlots(_ program: Program) {
        var lastPhase = Array(repeating: 0, count: program.valueCount)
        for (phase, steps) in phases.enumerated() {
            for value in program.steps[steps].flatMap({ $0.inputs + $0.outputs }) { lastPhase[value.id] = phase }
        }
        for value in program.outputs { lastPhase[value.id] = phases.count }
        // Inputs are there before the first phase, and keep their place.
        var freeFrom: [Int] = []
        for value in program.inputs {
            slotOfValue[value.id] = slots.count
            slots.append(Slot(width: value.width, rows: value.rows))
            freeFrom.append(phases.count + 1)
        }
        for (phase, steps) in phases.enumerated() {
            for value in program.steps[steps].flatMap(\.outputs) {
                let candidates = slots.indices.filter { slots[$0].rows == value.rows && freeFrom[$0] <= phase }
                // The slot that grows or wastes least.
                if let best = candidates.min(by: {
                    abs(slots[$0].width - value.width) < abs(slots[$1].width - value.width)
                }) {
                    slots[best].width = max(slots[best].width, value.width)
                    slotOfValue[value.id] = best
                } else {
                    slotOfValue[value.id] = slots.count
                    slots.append(Slot(width: value.width, rows: value.rows))
                    freeFrom.append(0)
                }
                if let slot = slotOfValue[value.id] { freeFrom[slot] = lastPhase[value.id] + 1 }
            }
        }
    }
}
