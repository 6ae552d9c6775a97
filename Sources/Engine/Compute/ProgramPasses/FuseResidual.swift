/// Lets the step that makes one side of a sum add the other side to its result.
func fuseResidual(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    for (index, step) in program.steps.enumerated() {
        guard case .add(let add) = step, add.first != add.second else { continue }
        for (product, residual) in [(add.second, add.first), (add.first, add.second)] {
            guard let producer = uses.onlyProducer(of: product), uses.isWritten(residual, before: producer),
                let fused = steps[producer]?.adding(residual, into: add.output)
            else { continue }
            steps[producer] = fused
            steps[index] = nil
            break
        }
    }
    return program.replacing(steps)
}

extension Step {
    fileprivate func adding(_ residual: Value, into output: Value) -> Step? {
        switch self {
        case .linear(var linear):
            guard linear.residual == nil else { return nil }
            switch linear.outputValues {
            case .separate(let outputs) where outputs.count == 1: linear.outputValues = .separate([output])
            case .applied(let function, _): linear.outputValues = .applied(function, output)
            case .separate, .gated: return nil
            }
            linear.residual = residual
            return .linear(linear)
        case .normalize(var normalize) where normalize.residual == nil:
            normalize.residual = residual
            normalize.output = output
            return .normalize(normalize)
        case .sumExperts(var sum) where sum.residual == nil:
            sum.residual = residual
            sum.output = output
            return .sumExperts(sum)
        default:
            return nil
        }
    }
}
