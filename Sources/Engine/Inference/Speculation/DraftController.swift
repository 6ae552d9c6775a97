/// Decides for one sequence how long the next draft is, if there is one: as long as the tokens that it is expected to
/// save are worth more than the rows that it adds. Learns from what becomes of the drafts.
package struct DraftController: Hashable, Sendable {
    /// Where a draft comes from: how good drafts are is learned for each kind.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// A match of few, some or many tokens in the text.
        case shortMatch, match, longMatch
        /// A draft model.
        case model

        package init(matchLength: Int) {
            self = matchLength < 5 ? .shortMatch : matchLength < 12 ? .match : .longMatch
        }
    }

    /// A draft that pays, or that is tried to see whether it does.
    package struct Choice: Hashable, Sendable {
        package var length: Int
        /// How many times as fast the sequence is expected to advance.
        package var gain: Double
    }

    /// The share of successes, of late.
    private struct Rate: Hashable, Sendable {
        private var successes: Double
        private var trials: Double

        init(_ expected: Double) {
            trials = 3
            successes = expected * trials
        }

        var value: Double { successes / trials }

        mutating func observe(successes more: Int, failures: Int) {
            let kept = 0.96
            for _ in 0..<more { (successes, trials) = (successes * kept + 1, trials * kept + 1) }
            for _ in 0..<failures { (successes, trials) = (successes * kept, trials * kept + 1) }
        }
    }

    private struct Experience: Hashable, Sendable {
        /// The first token of a draft is accepted.
        var first: Rate
        /// A token after an accepted one is.
        var next: Rate
        /// Chances to let pass before a draft that is not expected to pay is tried.
        var waits = 0
        var nextWait = DraftController.shortestWait
    }

    /// Drafts must pay at least so much, as the estimates are rough.
    private static let leastGain = 1.04
    private static let shortestWait = 4
    private static let longestWait = 128
    private var experiences: [Kind: Experience] = [
        .shortMatch: Experience(first: Rate(0.35), next: Rate(0.7)),
        .match: Experience(first: Rate(0.6), next: Rate(0.8)),
        .longMatch: Experience(first: Rate(0.8), next: Rate(0.9)),
        .model: Experience(first: Rate(0.65), next: Rate(0.7)),
    ]

    package init() {}

    /// How long a draft of `kind` should be.
    /// - Parameters:
    ///   - limit: tokens that a draft can have.   - tokens: that the step gives without the draft, to all sequences.
    /// - costOfLostRows: how much longer the next step takes where it computes so many rows again, in the same measure;
    /// nil     where none are lost with a draft that is refused in part.   - cost: the time of the step with so many
    /// tokens of draft, as a multiple of the one without.
    /// - Returns: nil for no draft.
    package mutating func choose(
        _ kind: Kind, limit: Int, tokens: Double = 1, costOfLostRows: ((_ rows: Int) -> Double)? = nil,
        cost: (_ length: Int) -> Double
    ) -> Choice? {
        guard limit > 0, var experience = experiences[kind] else { return nil }
        var best = Choice(length: 1, gain: 0)
        var bestPossible = 0.0
        var expected = 0.0
        /// Of what a refused draft of the length costs.
        var expectedLoss = 0.0
        // That the tokens before the length's last are accepted, and it too.
        var before = 1.0
        var probability = experience.first.value
        for length in 1...limit {
            expected += probability
            // The row of the token before the draft is lost with those of the accepted ones.
            if let costOfLostRows { expectedLoss += (before - probability) * costOfLostRows(length) }
            (before, probability) = (probability, probability * experience.next.value)
            let cost = cost(length)
            let gain = (1 + expected / tokens) / (cost + expectedLoss)
            if gain > best.gain { best = Choice(length: length, gain: gain) }
            bestPossible = max(bestPossible, (1 + Double(length) / tokens) / cost)
        }
        guard best.gain < Self.leastGain else { return best }
        // Where rows cost so much that a right draft would not pay, there is nothing to try.
        guard bestPossible >= Self.leastGain else { return nil }
        experience.waits += 1
        guard experience.waits >= experience.nextWait else {
            experiences[kind] = experience
            return nil
        }
        experience.waits = 0
        experience.nextWait = min(experience.nextWait * 2, Self.longestWait)
        experiences[kind] = experience
        return Choice(length: min(2, limit), gain: best.gain)
    }

    /// Of a draft of `drafted` tokens the first `accepted` were what the model chose.
    package mutating func observe(_ kind: Kind, drafted: Int, accepted: Int) {
        guard drafted > 0, var experience = experiences[kind] else { return }
        experience.first.observe(successes: min(accepted, 1), failures: accepted > 0 ? 0 : 1)
        if accepted > 0 {
            experience.next.observe(successes: accepted - 1, failures: accepted < drafted ? 1 : 0)
        }
        if accepted == drafted { experience.nextWait = max(experience.nextWait / 2, Self.shortestWait) }
        experiences[kind] = experience
    }
}
