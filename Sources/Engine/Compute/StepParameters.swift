/// Scales each row to unit root mean square, then by `weight`.
package struct Normalization: Hashable, Sendable {
    package let weight: Weight
    package let epsilon: Float

    package init(weight: Weight, epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
    }
}

/// A function of one number between two matrices.
package enum Activation: String, Hashable, Sendable {
    case silu
}

/// A matrix of shape [input, output] and, where a model has it, the bias added to the product.
package struct Projection: Hashable, Sendable {
    package let weight: Weight
    package let bias: Weight?

    package init(weight: Weight, bias: Weight? = nil) {
        self.weight = weight
        self.bias = bias
    }
}

/// What becomes of the products of a linear step.
package enum LinearOutputs: Hashable, Sendable {
    /// One value a projection.
    case separate([Value])
    /// Two projections a and b make one value, activation(a) × b.
    case gated(Activation, Value)

    package var values: [Value] {
        switch self {
        case .separate(let values): values
        case .gated(_, let value): [value]
        }
    }
}

/// The product of one input with one or more matrices.
package struct Linear: Hashable, Sendable {
    package var input: Value
    /// Applied to the input first.
    package var normalization: Normalization?
    package var projections: [Projection]
    package var outputs: LinearOutputs
    /// Added to the only output.
    package var residual: Value?

    package init(
        input: Value, normalization: Normalization? = nil, projections: [Projection], outputs: LinearOutputs,
        residual: Value? = nil
    ) {
        self.input = input
        self.normalization = normalization
        self.projections = projections
        self.outputs = outputs
        self.residual = residual
    }
}

/// Rotary position embedding, with every scaling rule already worked into the frequencies.
package struct Rotation: Hashable, Sendable {
    /// Radians a position for each rotated pair; the first `2 * count` elements of a head are rotated.
    package let frequencies: [Float]
    /// Multiplies the rotated elements (YaRN's attention factor).
    package let magnitude: Float
    /// Pairs are (2i, 2i + 1); otherwise (i, i + count).
    package let isInterleaved: Bool

    package init(frequencies: [Float], magnitude: Float = 1, isInterleaved: Bool) {
        self.frequencies = frequencies
        self.magnitude = magnitude
        self.isInterleaved = isInterleaved
    }
}

/// The attention of one layer; `heads / kvHeads` query heads share a key/value head.
package struct AttentionLayer: Hashable, Sendable {
    /// The layer of the KV cache.
    package let index: Int
    package let heads: Int
    package let kvHeads: Int
    package let headWidth: Int
    /// Multiplies query · key.
    package let scale: Float
    /// How many last positions are seen; nil for all.
    package let window: Int?

    package init(index: Int, heads: Int, kvHeads: Int, headWidth: Int, scale: Float, window: Int? = nil) {
        self.index = index
        self.heads = heads
        self.kvHeads = kvHeads
        self.headWidth = headWidth
        self.scale = scale
        self.window = window
    }
}

/// Stores keys and values in the cache and attends to all positions up to each row's own.
package struct Attention: Hashable, Sendable {
    package var query: Value
    package var key: Value
    package var value: Value
    package var layer: AttentionLayer
    /// Applied to queries and keys first.
    package var rotation: Rotation?
    package var output: Value

    package init(
        query: Value, key: Value, value: Value, layer: AttentionLayer, rotation: Rotation? = nil, output: Value
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.layer = layer
        self.rotation = rotation
        self.output = output
    }
}

/// How a router's scores become a choice of experts and their shares.
package struct RoutingRule: Hashable, Sendable {
    package let expertCount: Int
    /// Experts chosen for each row.
    package let usedCount: Int
    /// The chosen experts' softmax shares are scaled to sum to one.
    package let normalizesShares: Bool

    package init(expertCount: Int, usedCount: Int, normalizesShares: Bool) {
        self.expertCount = expertCount
        self.usedCount = usedCount
        self.normalizesShares = normalizesShares
    }
}

/// A choice of experts for each row. Its value holds `usedCount` expert numbers, then as many shares.
package struct Routing: Hashable, Sendable {
    package var value: Value
    package let rule: RoutingRule

    package init(value: Value, rule: RoutingRule) {
        self.value = value
        self.rule = rule
    }
}

/// Products with the chosen experts of tensors of shape [input, output, experts].
///
/// Values between expert steps hold `usedCount` parts a row, in an order that is the backend's own.
package struct ExpertLinear: Hashable, Sendable {
    package var input: Value
    /// The input has a part for each chosen expert; otherwise all experts share the row.
    package let inputIsPerExpert: Bool
    package var routing: Routing
    /// Of one type.
    package var weights: [Weight]
    package var outputs: LinearOutputs

    package init(input: Value, inputIsPerExpert: Bool, routing: Routing, weights: [Weight], outputs: LinearOutputs) {
        self.input = input
        self.inputIsPerExpert = inputIsPerExpert
        self.routing = routing
        self.weights = weights
        self.outputs = outputs
    }
}

/// The sum of the experts' parts, each times its share.
package struct ExpertSum: Hashable, Sendable {
    package var input: Value
    package var routing: Routing
    /// Added to the sum.
    package var residual: Value?
    package var output: Value

    package init(input: Value, routing: Routing, residual: Value? = nil, output: Value) {
        self.input = input
        self.routing = routing
        self.residual = residual
        self.output = output
    }
}
