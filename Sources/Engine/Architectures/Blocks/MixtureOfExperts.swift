package import Compute

/// The experts of a layer: which are chosen, and how wide each is.
package struct ExpertShape: Hashable, Sendable {
    package let rule: RoutingRule
    package let hiddenWidth: Int

    /// Nil where the model has no experts.
    package init?(_ model: Hyperparameters, normalizesShares: Bool) throws(ComputeError) {
        let expertCount = try model.count("expert_count", in: 0...65_536, default: 0)
        guard expertCount > 0 else { return nil }
        let usedCount = try model.count("expert_used_count", in: 1...expertCount)
        rule = RoutingRule(expertCount: expertCount, usedCount: usedCount, normalizesShares: normalizesShares)
        let sharedWidth = try model.count("feed_forward_length")
        hiddenWidth = try model.count("expert_feed_forward_length", default: sharedWidth)
    }
}

extension ProgramBuilder {
    /// A gated feed-forward network that is a choice of experts, in tensors that hold all of them.
    package mutating func mixtureOfExperts(
        _ input: Value, _ weights: WeightDirectory, _ shape: ExpertShape, _ activation: Activation
    ) throws(ComputeError) -> Value {
        let width = input.width
        let hiddenWidth = shape.hiddenWidth
        let count = shape.rule.expertCount
        let routing = try route(input, weights.matrix("ffn_gate_inp", from: width, to: count), shape.rule)
        let gate = try expertLinear(
            input, isPerExpert: false, routing,
            weights.experts("ffn_gate_exps", from: width, to: hiddenWidth, count: count))
        let up = try expertLinear(
            input, isPerExpert: false, routing,
            weights.experts("ffn_up_exps", from: width, to: hiddenWidth, count: count))
        let down = try expertLinear(
            self.gate(gate, up, activation), isPerExpert: true, routing,
            weights.experts("ffn_down_exps", from: hiddenWidth, to: width, count: count))
        return try sumExperts(down, routing)
    }
}
