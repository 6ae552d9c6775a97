/// Lets attention rotate its queries, and rotate and store its keys and values, itself.
func fuseAttention(_ program: Program) -> Program {
    let uses = ProgramUses(program)
    var steps: [Step?] = program.steps
    /// The step that writes each layer and has no place in another yet.
    var stores: [CacheLayer: (index: Int, store: Store)] = [:]
    for (index, step) in program.steps.enumerated() {
        switch step {
        case .store(var store):
            if store.rotation == nil, let rotate = uses.onlyRotation(of: store.key, in: program) {
                store.key = rotate.step.input
                store.rotation = rotate.step.rotation
                steps[index] = .store(store)
                steps[rotate.index] = nil
            }
            stores[store.layer] = (index, store)
        case .attend(var attend):
            if attend.rotation == nil, let rotate = uses.onlyRotation(of: attend.query, in: program),
                rotate.step.heads == attend.heads
            {
                attend.query = rotate.step.input
                attend.rotation = rotate.step.rotation
                steps[rotate.index] = nil
            }
            if attend.store == nil, let found = stores.removeValue(forKey: attend.layer) {
                attend.store = found.store
                steps[found.index] = nil
            }
            steps[index] = .attend(attend)
        default: continue
        }
    }
    var result = program
    result.steps = steps.compactMap { $0 }
    return result
}

extension ProgramUses {
    /// The rotation that writes `value`, where nothing else reads it.
    fileprivate func onlyRotation(of value: Value, in program: Program) -> (index: Int, step: Rotate)? {
        guard let index = onlyProducer(of: value), case .rotate(let step) = program.steps[index] else { return nil }
        return (index, step)
    }
}
