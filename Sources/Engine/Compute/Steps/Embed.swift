import Tensors

/// Rows of a table: the embeddings of tokens, of positions, or of a fixed entry.
package struct Embed: Operation {
    package enum Index: Hashable, Sendable {
        /// The row's token. Where the batch brings an embedding for the row, that takes its place, unscaled.
        case token
        /// The row's position in its sequence, plus an offset.
        case position(offset: Int)
        /// The same entry for each row.
        case entry(Int)
    }

    /// [width, entries].
    package let table: Weight
    package let index: Index
    /// Multiplies the entries.
    package let scale: Float
    /// Tokens × width.
    package var output: Value

    package var inputs: [Value] { [] }
    package var outputs: [Value] { [output] }
    package var weights: [Weight] { [table] }
    package var isRowwise: Bool { false }
    package var kind: StepKind { StepKind(operation: "embed", weights: [table]) }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        cost.weightBytes = table.byteCount / max(1, table.shape.rowCount) * batch.count(output.rows)
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        let entry =
            switch index {
            case .token: ""
            case .position(let offset): offset == 0 ? " by position" : " by position + \(offset)"
            case .entry(let number): " entry \(number)"
            }
        return "embed \(names[table])\(entry)" + (scale == 1 ? "" : " * \(scale)")
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.output = output(self.output)
        return .embed(step)
    }
}

extension ProgramBuilder {
    /// - Parameter table: of shape [width, entries].
    package mutating func embed(
        _ table: Weight, _ index: Embed.Index = .token, scale: Float = 1
    ) throws(ComputeError) -> Value {
        guard table.shape.dimensions.count == 2, table.part == nil else {
            throw .wrongShape(weight: table.name, expected: "[width, entries]", found: table.shape.description)
        }
        if case .entry(let number) = index, !(0..<table.shape.rowCount).contains(number) {
            throw .wrongShape(
                weight: table.name, expected: "more than \(number) entries", found: table.shape.description)
        }
        if case .position(let offset) = index, offset < 0 { throw .unsupported("positions cannot begin at \(offset)") }
        let output = value(table.shape.rowLength)
        append(.embed(Embed(table: table, index: index, scale: scale, output: output)))
        return output
    }
}
