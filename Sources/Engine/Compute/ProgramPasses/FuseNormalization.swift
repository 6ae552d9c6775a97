/// Lets a linear step normalize its input itself, where nothing else reads the normalized rows.
func fuseNormalization(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    for (index, step) in program.steps.enumerated() {
        guard case .linear(var linear) = step, linear.normalization == nil,
            let producer = uses.onlyProducer(of: linear.input),
            case .normalize(let normalize) = program.steps[producer], normalize.residual == nil
        else { continue }
        linear.input = normalize.input
        linear.normalization = normalize.normalization
        steps[index] = .linear(linear)
        steps[producer] = nil
    }
    return program.replacing(steps)
}
