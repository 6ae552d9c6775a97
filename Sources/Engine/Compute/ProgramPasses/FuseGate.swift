/// Lets a linear step apply the function that follows it to its own products: the gate of two matrices, or an activation.
func fuseGate(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    for (index, step) in program.steps.enumerated() {
        let products: [Value]
        let outputs: LinearOutputs
        switch step {
        case .gate(let gate) where gate.gate.width == gate.up.width:
            products = [gate.gate, gate.up]
            outputs = .gated(gate.function, gate.output)
        case .apply(let apply):
            products = [apply.input]
            outputs = .applied(apply.function, apply.output)
        default: continue
        }
        let producers = Set(products.map { uses.onlyProducer(of: $0) })
        guard producers.count == 1, let producer = producers.first ?? nil else { continue }
        switch steps[producer] {
        case .linear(var linear) where linear.outputValues == .separate(products) && linear.residual == nil:
            linear.outputValues = outputs
            steps[producer] = .linear(linear)
        case .expertLinear(var linear) where linear.outputValues == .separate(products):
            linear.outputValues = outputs
            steps[producer] = .expertLinear(linear)
        default:
            continue
        }
        steps[index] = nil
    }
    return program.replacing(steps)
}
