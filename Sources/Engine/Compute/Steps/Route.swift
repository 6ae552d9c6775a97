/// How a router's scores become a choice of experts and their shares.
package struct RoutingRule: Hashable, Sendable {
    package enum Score: Hashable, Sendable {
        /// Softmax over all experts.
        case softmax
        /// Of each expert for itself.
        case sigmoid
        /// Softmax over the chosen experts only.
        case softmaxOfChosen
        /// Of each chosen expert in turn, softmax over those that are left and have nearly its logit b: experts whose logit x
        /// has (b − x) / max(|x|, b) ≤ 2 × jitter.
        case sparseMixer(jitter: Float)
    }

    /// Experts are divided into groups, and chosen from the best of them.
    package struct Groups: Hashable, Sendable {
        package let count: Int
        package let usedCount: Int
        /// A group is as good as the sum of its best experts, so many.
        package let best: Int

        package init(count: Int, usedCount: Int, best: Int) {
            self.count = count
            self.usedCount = usedCount
            self.best = best
        }
    }

    package let expertCount: Int
    /// Experts chosen for each row.
    package let usedCount: Int
    package let score: Score
    package let groups: Groups?
    /// The chosen experts' shares are divided by their sum.
    package let normalizesShares: Bool
    /// Multiplies the shares.
    package let scale: Float

    package init(
        expertCount: Int, usedCount: Int, score: Score = .softmax, groups: Groups? = nil, normalizesShares: Bool,
        scale: Float = 1
    ) {
        self.expertCount = expertCount
        self.usedCount = usedCount
        self.score = score
        self.groups = groups
        self.normalizesShares = normalizesShares
        self.scale = scale
    }

    fileprivate var text: String {
        var parts = ["\(usedCount) of \(expertCount)"]
        switch score {
        case .softmax: break
        case .sigmoid: parts.append("sigmoid")
        case .softmaxOfChosen: parts.append("softmax of chosen")
        case .sparseMixer(let jitter): parts.append("sparse mixer \(jitter)")
        }
        if let groups { parts.append("from \(groups.usedCount) of \(groups.count) groups") }
        if normalizesShares { parts.append("normalized") }
        if scale != 1 { parts.append("* \(scale)") }
        return parts.joined(separator: ", ")
    }
}

/// A choice of experts for each row. Its value holds `usedCount` expert numbers, then as many shares.
package struct Routing: Hashable, Sendable {
    package var value: Value
    package let rule: RoutingRule
}

/// Chooses experts by the scores of a router matrix.
package struct Route: Operation {
    /// Rows × width.
    package var input: Value
    /// [width, experts] and, where a model has it, a bias of the logits.
    package let router: Projection
    /// Added to the scores for the choice only, not for the shares. [experts].
    package let choiceBias: Weight?
    package var routing: Routing

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [routing.value] }
    package var weights: [Weight] { [router.weight] + [router.bias, choiceBias].compactMap { $0 } }
    package var matrices: [Weight] { [router.weight] }
    package var kind: StepKind { StepKind(operation: "route", weights: [router.weight]) }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        cost.addProduct(router.weight, rows: batch.count(input.rows))
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        "route \(names[input]), \(names[router.weight])" + (router.bias == nil ? "" : " + bias")
            + (choiceBias.map { ", chosen by \(names[$0])" } ?? "") + ", \(routing.rule.text)"
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.input = input(self.input)
        step.routing.value = output(routing.value)
        return .route(step)
    }
}

extension ProgramBuilder {
    /// - Parameters:
    ///   - router: of shape [width, experts].
    ///   - choiceBias: of shape [experts].
    package mutating func route(
        _ input: Value, _ router: Projection, choiceBias: Weight? = nil, _ rule: RoutingRule
    ) throws(ComputeError) -> Routing {
        try check(router.weight, is: [input.width, rule.expertCount])
        for bias in [router.bias, choiceBias].compactMap({ $0 }) { try check(bias, is: [rule.expertCount]) }
        guard rule.usedCount > 0, rule.usedCount <= rule.expertCount else {
            throw .unsupported("cannot choose \(rule.usedCount) of \(rule.expertCount) experts")
        }
        if let groups = rule.groups {
            guard groups.count > 0, rule.expertCount % groups.count == 0, (1...groups.count).contains(groups.usedCount),
                (1...rule.expertCount / groups.count).contains(groups.best),
                rule.usedCount <= rule.expertCount / groups.count * groups.usedCount
            else {
                throw .unsupported(
                    "cannot choose \(rule.usedCount) of \(rule.expertCount) experts from \(groups.usedCount) of "
                        + "\(groups.count) groups")
            }
        }
        let routing = Routing(value: value(2 * rule.usedCount, input.rows), rule: rule)
        append(.route(Route(input: input, router: router, choiceBias: choiceBias, routing: routing)))
        return routing
    }
}
