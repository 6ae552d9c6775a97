/// Memory that holds one value after another.
package struct Slot: Hashable, Sendable {
    /// Floats a row: the widest of its values.
    package internal(set) var width: Int
    package let rows: RowSet
}

/// Gives values whose lives do not overlap the same slot. A value lives from the phase that writes it to the end of the
/// last phase that reads it. Returns the slots, and each value's slot by id (nil for values that no step writes).
func assignSlots(_ program: Program, _ phases: [Range<Int>]) -> (slots: [Slot], slotOfValue: [Int?]) {
    var lastPhase = Array(repeating: 0, count: program.valueCount)
    for (phase, steps) in phases.enumerated() {
        for value in program.steps[steps].flatMap({ $0.inputs + $0.outputs }) { lastPhase[value.id] = phase }
    }
    lastPhase[program.logits.id] = phases.count

    var slots: [Slot] = []
    var freeFrom: [Int] = []
    var slotOfValue: [Int?] = Array(repeating: nil, count: program.valueCount)
    for (phase, steps) in phases.enumerated() {
        for value in program.steps[steps].flatMap(\.outputs) {
            let candidates = slots.indices.filter { slots[$0].rows == value.rows && freeFrom[$0] <= phase }
            // The slot that grows or wastes least.
            if let best = candidates.min(by: { abs(slots[$0].width - value.width) < abs(slots[$1].width - value.width) }
            ) {
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
    return (slots, slotOfValue)
}
