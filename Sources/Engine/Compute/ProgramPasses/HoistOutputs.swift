/// Moves `selectOutputs` up before row-wise steps, so that the last layer computes only the rows that are asked for.
func hoistOutputs(_ program: Program) -> Program {
    var result = program
    var reversed: [Step] = []
    var selected: [Value: Value] = [:]
    var wantedWhole: Set<Value> = Set(program.outputs.filter { $0.rows == .tokens })

    func selection(of value: Value) -> Value {
        if value.rows == .outputs { return value }
        if let known = selected[value] { return known }
        let new = Value(id: result.valueCount, width: value.width, rows: .outputs)
        result.valueCount += 1
        selected[value] = new
        return new
    }

    for step in program.steps.reversed() {
        let operation = step.operation
        if case .selectOutputs(let select) = step {
            if let known = selected[select.input] {
                // Two selections of one value: the later reads what the earlier wrote.
                reversed = reversed.map {
                    $0.operation.mapping(inputs: { $0 == select.output ? known : $0 }, outputs: { $0 })
                }
            } else {
                selected[select.input] = select.output
            }
            continue
        }
        let canMove =
            operation.isRowwise
            && operation.outputs.allSatisfy { selected[$0] != nil && !wantedWhole.contains($0) }
        if canMove {
            reversed.append(operation.mapping(inputs: selection, outputs: selection))
            continue
        }
        for output in operation.outputs {
            if let into = selected[output] {
                reversed.append(.selectOutputs(SelectOutputs(input: output, output: into)))
            }
        }
        wantedWhole.formUnion(operation.inputs.filter { $0.rows == .tokens })
        reversed.append(step)
    }
    for input in program.inputs {
        if let into = selected[input] { reversed.append(.selectOutputs(SelectOutputs(input: input, output: into))) }
    }
    result.steps = reversed.reversed()
    return result
}
