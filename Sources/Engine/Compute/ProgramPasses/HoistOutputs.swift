/// Moves `selectOutputs` up before row-wise steps, so that the last layer computes only the rows that are asked for.
func hoistOutputs(_ program: Program) -> Program {
    var result = program
    var reversed: [Step] = []
    var selected: [Value: Value] = [:]
    var wantedWhole: Set<Value> = []

    func selection(of value: Value) -> Value {
        if value.rows == .outputs { return value }
        if let known = selected[value] { return known }
        let new = Value(id: result.valueCount, width: value.width, rows: .outputs)
        result.valueCount += 1
        selected[value] = new
        return new
    }

    for step in program.steps.reversed() {
        if case .selectOutputs(let input, let output) = step {
            if let known = selected[input] {
                // Two selections of one value: the later reads what the earlier wrote.
                reversed = reversed.map { $0.mapping(inputs: { $0 == output ? known : $0 }, outputs: { $0 }) }
            } else {
                selected[input] = output
            }
            continue
        }
        let canMove =
            step.isRowwise && step.outputs.allSatisfy { selected[$0] != nil && !wantedWhole.contains($0) }
        if canMove {
            reversed.append(step.mapping(inputs: selection, outputs: selection))
            continue
        }
        for output in step.outputs {
            if let into = selected[output] { reversed.append(.selectOutputs(output, into: into)) }
        }
        wantedWhole.formUnion(step.inputs.filter { $0.rows == .tokens })
        reversed.append(step)
    }
    result.steps = reversed.reversed()
    return result
}
