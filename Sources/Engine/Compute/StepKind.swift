import Tensors

/// What steps are summed up by in a profile: what they do, to which weights of a layer, of which type.
package struct StepKind: Hashable, Sendable, CustomStringConvertible {
    /// The operation, such as `linear` or `attend`.
    package let operation: String
    /// The roles of the weights, such as `attn_q+attn_k+attn_v`; empty where there are none.
    package let weights: String
    /// The weights' types, such as `Q4_K+Q6_K`.
    package let types: String

    package init(operation: String, weights: [Weight] = []) {
        self.operation = operation
        self.weights = weights.map(\.role).joined(separator: "+")
        var types: [String] = []
        for weight in weights where !types.contains(weight.type.name) { types.append(weight.type.name) }
        self.types = types.joined(separator: "+")
    }

    package var description: String {
        operation + (weights.isEmpty ? "" : " \(weights)") + (types.isEmpty ? "" : " (\(types))")
    }
}

extension Step {
    package var kind: StepKind {
        switch self {
        case .embed(let weight, _): StepKind(operation: "embed", weights: [weight])
        case .normalize: StepKind(operation: "normalize")
        case .linear(let linear): StepKind(operation: "linear", weights: linear.projections.map(\.weight))
        case .rotate: StepKind(operation: "rotate")
        case .attend: StepKind(operation: "attend")
        case .gate: StepKind(operation: "gate")
        case .add: StepKind(operation: "add")
        case .route(_, let weight, _): StepKind(operation: "route", weights: [weight])
        case .expertLinear(let linear): StepKind(operation: "experts", weights: linear.weights)
        case .sumExperts: StepKind(operation: "sum experts")
        case .selectOutputs: StepKind(operation: "select outputs")
        }
    }
}

extension Weight {
    /// The name without the layer's number: `ffn_down` of `blk.3.ffn_down.weight`.
    fileprivate var role: String {
        var parts = name.split(separator: ".")
        if parts.count > 2, Int(parts[1]) != nil { parts.removeFirst(2) }
        if parts.count > 1, parts.last == "weight" { parts.removeLast() }
        return parts.joined(separator: ".")
    }
}
