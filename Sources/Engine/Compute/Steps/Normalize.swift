import Tensors

/// How rows, or equal groups of a row's elements, are brought to one scale.
package struct Normalization: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Divides by the root mean square.
        case rms
        /// Takes the mean away first.
        case layer
    }

    package let kind: Kind
    /// Multiplies the result, element by element; as wide as a row, or as a group where all groups share it.
    package let weight: Weight?
    /// Added after that; as wide as the weight.
    package let bias: Weight?
    package let epsilon: Float
    /// Parts of a row that are normalized each by itself: heads, for queries and keys.
    package let groups: Int

    package init(
        _ kind: Kind = .rms, weight: Weight?, bias: Weight? = nil, epsilon: Float, groups: Int = 1
    ) {
        self.kind = kind
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
        self.groups = groups
    }

    /// Whether each group has its own elements of the weight.
    package func isPerGroup(width: Int) -> Bool { groups > 1 && weights.first?.shape.elementCount == width }

    var weights: [Weight] { [weight, bias].compactMap { $0 } }

    func cost(rows: Int, width: Int) -> StepCost {
        var cost = StepCost()
        guard rows > 0 else { return cost }
        cost.weightBytes = weights.reduce(0) { $0 + $1.byteCount }
        cost.multiplyAdds = 2 * rows * width
        return cost
    }

    func text(_ names: ProgramNames, of value: Value) -> String {
        let name = kind == .rms ? "rms_norm" : "layer_norm"
        let parts = [names[value]] + weights.map { names[$0] } + (groups == 1 ? [] : ["\(groups) groups"])
        return "\(name)(\(parts.joined(separator: ", ")))"
    }
}

/// Normalizes rows.
package struct Normalize: Operation {
    package var input: Value
    package let normalization: Normalization
    /// Added to the result.
    package var residual: Value?
    package var output: Value

    package var inputs: [Value] { [input] + (residual.map { [$0] } ?? []) }
    package var outputs: [Value] { [output] }
    package var weights: [Weight] { normalization.weights }
    package var kind: StepKind { StepKind(operation: "normalize") }

    package func cost(of batch: Batch) -> StepCost {
        normalization.cost(rows: batch.count(input.rows), width: input.width)
    }

    package func text(_ names: ProgramNames) -> String {
        normalization.text(names, of: input) + names.text(residual: residual)
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.input = input(self.input)
        step.residual = residual.map(input)
        step.output = output(self.output)
        return .normalize(step)
    }
}

extension ProgramBuilder {
    package mutating func normalize(_ input: Value, _ normalization: Normalization) throws(ComputeError) -> Value {
        let groups = normalization.groups
        guard groups > 0, input.width % groups == 0 else {
            throw .unsupported("cannot normalize \(groups) groups of a width of \(input.width)")
        }
        for weight in normalization.weights {
            let count = weight.shape.elementCount
            guard count == input.width || count == input.width / groups, weight.shape.dimensions.count <= 2 else {
                throw .wrongShape(weight: weight.name, expected: "[\(input.width)]", found: weight.shape.description)
            }
        }
        let output = value(input.width, input.rows)
        append(.normalize(Normalize(input: input, normalization: normalization, output: output)))
        return output
    }
}
