/// Lets attention normalize and rotate the heads of its queries, and normalize, rotate and store those of its keys, itself.
func fuseAttention(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    /// The step that writes each layer and has no place in another yet.
    var stores: [CacheLayer: (index: Int, store: Store)] = [:]
    for (index, step) in program.steps.enumerated() {
        switch step {
        case .store(var store):
            guard case .keysAndValues(let heads, _, _) = store.layer.content else { continue }
            var keys = PreparedHeads(value: store.key, norm: store.keyNorm, rotation: store.rotation)
            for taken in keys.takeSteps(heads: heads, uses, program) { steps[taken] = nil }
            (store.key, store.keyNorm, store.rotation) = (keys.value, keys.norm, keys.rotation)
            steps[index] = .store(store)
            stores[store.layer] = (index, store)
        case .attend(var attend):
            var queries = PreparedHeads(value: attend.query, norm: attend.queryNorm, rotation: attend.rotation)
            for taken in queries.takeSteps(heads: attend.heads, uses, program) { steps[taken] = nil }
            (attend.query, attend.queryNorm, attend.rotation) = (queries.value, queries.norm, queries.rotation)
            if attend.store == nil, let found = stores.removeValue(forKey: attend.layer) {
                attend.store = found.store
                steps[found.index] = nil
            }
            steps[index] = .attend(attend)
        default: continue
        }
    }
    return program.replacing(steps)
}

/// Rows, and what happens to each of their heads before attention uses them: a normalization, then a rotation.
private struct PreparedHeads {
    var value: Value
    var norm: Normalization?
    var rotation: Rotation?

    /// Takes the place of the steps that do that, where nothing else reads their results.
    /// - Returns: those steps.
    mutating func takeSteps(heads: Int, _ uses: ProgramUses, _ program: Program) -> [Int] {
        var taken: [Int] = []
        if norm == nil, rotation == nil, let index = uses.onlyProducer(of: value),
            case .rotate(let step) = program.steps[index], step.heads == heads
        {
            rotation = step.rotation
            value = step.input
            taken.append(index)
        }
        if norm == nil, let index = uses.onlyProducer(of: value), case .normalize(let step) = program.steps[index],
            step.residual == nil, step.normalization.groups == heads,
            !step.normalization.isPerGroup(width: value.width)
        {
            norm = step.normalization
            value = step.input
            taken.append(index)
        }
        return taken
    }
}
