/// Cuts a list of steps into phases. Steps of one phase do not read each other's results, so that nothing but the end
/// of a phase has to be waited for.
func assignPhases(_ program: Program) -> [Range<Int>] {
    var phases: [Range<Int>] = []
    var start = 0
    var written: Set<Int> = []
    for (index, step) in program.steps.enumerated() {
        if step.inputs.contains(where: { written.contains($0.id) }) {
            phases.append(start..<index)
            start = index
            written.removeAll(keepingCapacity: true)
        }
        written.formUnion(step.outputs.map(\.id))
    }
    if start < program.steps.count { phases.append(start..<program.steps.count) }
    return phases
}
