extension Program {
    /// The program up to the rows that its head would read, made one row a text: a language model as a model of embeddings.
    ///
    /// For a program as families write it, before any pass.
    /// - Throws: `unsupported` where no step selects the rows of results.
    package func embeddings(_ pooling: Pooling) throws(ComputeError) -> Program {
        guard
            let selecting = steps.indices.last(where: { index in
                if case .selectOutputs = steps[index] { true } else { false }
            }), case .selectOutputs(let selected) = steps[selecting]
        else { throw .unsupported("the program has no rows that could be pooled") }
        var builder = ProgramBuilder(continuing: self, steps: Array(steps[..<selecting]))
        // What stands between the selected rows and the head goes row by row: it may as well come after pooling, where it
        // has fewer rows, unless pooling mixes rows.
        let head = steps[selecting...].dropFirst().prefix { step in
            if case .linear = step { false } else { true }
        }
        let poolsFirst = pooling != .mean
        let rows: RowSet = poolsFirst ? .spans : .tokens
        var result = poolsFirst ? try builder.pool(selected.input, pooling) : selected.input
        var moved = [selected.output: result]
        for step in meaning == .logits ? head : [] {
            let step = step.operation.mapping(
                inputs: { moved[$0] ?? $0 }, outputs: { Value(id: $0.id, width: $0.width, rows: rows) })
            guard let output = step.outputs.first, step.outputs.count == 1 else {
                throw .unsupported("the program's last rows are made in a way that cannot be pooled")
            }
            moved[Value(id: output.id, width: output.width, rows: .outputs)] = output
            builder.append(step)
            result = output
        }
        if !poolsFirst { result = try builder.pool(result, pooling) }
        return try builder.finish(.embeddings, result)
    }
}
