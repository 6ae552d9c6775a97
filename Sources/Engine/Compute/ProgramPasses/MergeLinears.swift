import Tensors

/// Joins adjacent linear steps that read the same value: they share one quantized activation and one phase.
func mergeLinears(_ program: Program) -> Program {
    var result = program
    result.steps = []
    for step in program.steps {
        if let last = result.steps.last, let merged = merge(last, step) {
            result.steps[result.steps.count - 1] = merged
        } else {
            result.steps.append(step)
        }
    }
    return result
}

private func merge(_ first: Step, _ second: Step) -> Step? {
    switch (first, second) {
    case (.linear(var first), .linear(let second)):
        guard first.input == second.input, first.normalization == second.normalization,
            first.residual == nil, second.residual == nil,
            case .separate(let firstOutputs) = first.outputValues,
            case .separate(let secondOutputs) = second.outputValues
        else { return nil }
        first.projections += second.projections
        first.outputValues = .separate(firstOutputs + secondOutputs)
        return .linear(first)
    case (.expertLinear(var first), .expertLinear(let second)):
        guard first.input == second.input, first.routing == second.routing,
            first.inputIsPerExpert == second.inputIsPerExpert,
            first.experts[0].type == second.experts[0].type,
            case .separate(let firstOutputs) = first.outputValues,
            case .separate(let secondOutputs) = second.outputValues
        else { return nil }
        first.experts += second.experts
        first.outputValues = .separate(firstOutputs + secondOutputs)
        return .expertLinear(first)
    default:
        return nil
    }
}
