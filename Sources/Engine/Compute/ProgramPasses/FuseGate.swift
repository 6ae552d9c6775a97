/// Lets a linear step of two matrices apply the gate to its own products.
func fuseGate(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    for (index, step) in program.steps.enumerated() {
        guard case .gate(let gate, let up, let activation, let output) = step,
            let producer = uses.onlyProducer(of: gate), producer == uses.onlyProducer(of: up)
        else { continue }
        switch program.steps[producer] {
        case .linear(var linear) where linear.outputs == .separate([gate, up]):
            linear.outputs = .gated(activation, output)
            steps[producer] = .linear(linear)
        case .expertLinear(var linear) where linear.outputs == .separate([gate, up]):
            linear.outputs = .gated(activation, output)
            steps[producer] = .expertLinear(linear)
        default:
            continue
        }
        steps[index] = nil
    }
    var result = program
    result.steps = steps.compactMap { $0 }
    return result
}
