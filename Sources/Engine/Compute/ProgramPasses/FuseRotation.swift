/// Lets attention rotate its queries and keys itself.
func fuseRotation(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    for (index, step) in program.steps.enumerated() {
        guard case .attend(var attention) = step, attention.rotation == nil,
            let queryProducer = uses.onlyProducer(of: attention.query),
            let keyProducer = uses.onlyProducer(of: attention.key),
            case .rotate(let query, let rotation, attention.layer.heads, _) = program.steps[queryProducer],
            case .rotate(let key, rotation, attention.layer.kvHeads, _) = program.steps[keyProducer]
        else { continue }
        attention.query = query
        attention.key = key
        attention.rotation = rotation
        steps[index] = .attend(attention)
        steps[queryProducer] = nil
        steps[keyProducer] = nil
    }
    var result = program
    result.steps = steps.compactMap { $0 }
    return result
}
