package import Compute
import Tensors

/// The experts of a layer: how they are chosen, and how wide each is.
package struct ExpertShape: Hashable, Sendable {
    package let rule: RoutingRule
    package var hiddenWidth: Int
    /// Of the expert that every row passes beside its own; 0 where there is none.
    package var sharedWidth: Int
    /// Whether a sigmoid of the row decides how much the shared expert gives.
    package var hasSharedGate = false

    /// Nil where the model has no experts.
    /// - Parameters:
    ///   - score: what the family uses where the file does not say it.
    ///   - normalizesShares: the same.
    package init?(
        _ model: Hyperparameters, score: RoutingRule.Score = .softmax, normalizesShares: Bool
    ) throws(ComputeError) {
        let expertCount = try model.count("expert_count", in: 0...65_536, default: 0)
        guard expertCount > 0 else { return nil }
        let usedCount = try model.count("expert_used_count", in: 1...expertCount)
        let score = try Self.score(model) ?? score
        let groups = try Self.groups(model, expertCount: expertCount, score)
        if let groups, usedCount > expertCount / groups.count * groups.usedCount {
            throw model.invalid(
                "expert_used_count", "\(groups.usedCount) of \(groups.count) groups have no \(usedCount) experts")
        }
        rule = RoutingRule(
            expertCount: expertCount, usedCount: usedCount, score: score, groups: groups,
            normalizesShares: try model.flag("expert_weights_norm", default: normalizesShares),
            scale: Float(try model.number("expert_weights_scale", default: 1)))
        if let width = try model.optionalCount("expert_feed_forward_length") {
            hiddenWidth = width
        } else {
            hiddenWidth = try model.count("feed_forward_length")
        }
        // Files tell its width, or of how many others' it is.
        let counts = 0...Hyperparameters.largestCount
        sharedWidth = try model.count(
            "expert_shared_feed_forward_length", in: counts,
            default: hiddenWidth * model.count("expert_shared_count", in: counts, default: 0))
    }

    private static func score(_ model: Hyperparameters) throws(ComputeError) -> RoutingRule.Score? {
        switch try model.count("expert_gating_func", in: 0...Hyperparameters.largestCount, default: 0) {
        case 0: return nil
        case 1: return .softmax
        case 2: return .sigmoid
        case 3: return .softmaxOfChosen
        case let other: throw model.invalid("expert_gating_func", "\(other) is not supported")
        }
    }

    private static func groups(
        _ model: Hyperparameters, expertCount: Int, _ score: RoutingRule.Score
    ) throws(ComputeError) -> RoutingRule.Groups? {
        let count = try model.count("expert_group_count", in: 0...expertCount, default: 1)
        let used = try model.count("expert_group_used_count", in: min(1, count - 1)...max(1, count), default: count)
        guard count > 1 else { return nil }
        guard expertCount % count == 0, expertCount / count >= 2 else {
            throw model.invalid("expert_group_count", "\(expertCount) experts cannot form \(count) groups")
        }
        // DeepSeek V2, with softmax, takes the groups of the best experts; V3, with sigmoid, those of the best pairs.
        return RoutingRule.Groups(count: count, usedCount: used, best: score == .softmax ? 1 : 2)
    }
}

extension ProgramBuilder {
    /// A gated feed-forward network that is a choice of experts.
    ///
    /// The router is `ffn_gate_inp`, with a bias of the choice in `exp_probs_b`; experts are in `ffn_gate_exps`, `ffn_up_exps`
    /// and `ffn_down_exps`, with biases of the same names, or in a tensor each (`ffn_gate.0` …). The shared expert is in
    /// `ffn_gate_shexp` and so on, its own gate in `ffn_gate_inp_shexp`.
    package mutating func mixtureOfExperts(
        _ input: Value, _ weights: WeightDirectory, _ shape: ExpertShape, _ function: GateFunction
    ) throws(ComputeError) -> Value {
        let width = input.width
        let hiddenWidth = shape.hiddenWidth
        let count = shape.rule.expertCount
        let routing = try route(
            input, weights.projection("ffn_gate_inp", from: width, to: count),
            choiceBias: weights.bias("exp_probs_b", width: count, .optional), shape.rule)
        let gate: ExpertMatrices
        let up: ExpertMatrices
        if weights.has("ffn_gate_up_exps") {
            let fused = try weights.experts("ffn_gate_up", from: width, to: 2 * hiddenWidth, count: count)
            gate = try fused.rows(0..<hiddenWidth)
            up = try fused.rows(hiddenWidth..<2 * hiddenWidth)
        } else {
            gate = try weights.experts("ffn_gate", from: width, to: hiddenWidth, count: count)
            up = try weights.experts("ffn_up", from: width, to: hiddenWidth, count: count)
        }
        let hidden = try self.gate(
            expertLinear(input, isPerExpert: false, routing, gate),
            expertLinear(input, isPerExpert: false, routing, up), function)
        let down = try expertLinear(
            hidden, isPerExpert: true, routing,
            weights.experts("ffn_down", from: hiddenWidth, to: width, count: count))
        let sum = try sumExperts(down, routing)
        guard shape.sharedWidth > 0 else {
            guard !weights.has("ffn_gate_shexp") else {
                throw .unsupported(
                    "\(weights.name(of: "ffn_gate_shexp")) is of a shared expert that the file does not tell of")
            }
            return sum
        }
        let shared = try gatedFeedForward(input, weights, hiddenWidth: shape.sharedWidth, .silu, suffix: "_shexp")
        guard shape.hasSharedGate else { return try add(sum, shared) }
        let opening = try linear(input, weights.projection("ffn_gate_inp_shexp", from: width, to: 1))
        return try add(sum, self.gate(opening, shared, .sigmoid))
    }
}
