/// Keeps the most likely tokens until they hold the share `p` (nucleus sampling).
struct TopP: SamplingStage {
    private let share: Double

    init?(_ share: Float) {
        guard share < 1 else { return nil }
        self.share = Double(share)
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        let dropped = dropHopeless(&candidates)
        let entries = candidates.sorted
        var sum = 0.0
        var count = 0
        for probability in Candidates.probabilities(of: entries) {
            sum += probability * (1 - dropped)
            count += 1
            if sum >= share { break }
        }
        candidates.replace(with: Array(entries.prefix(count)), sorted: true)
    }

    /// Of n candidates those below (1 - p) / n hold less than 1 - p together, so none of them is in the nucleus:
    /// they go before the others are sorted.
    /// - Returns: the share that they held.
    private func dropHopeless(_ candidates: inout Candidates) -> Double {
        let entries = candidates.all
        guard entries.count > 256 else { return 0 }
        let least = (1 - share) / Double(entries.count)
        var dropped = 0.0
        var kept: [Candidate] = []
        for (candidate, probability) in zip(entries, Candidates.probabilities(of: entries)) {
            if probability >= least { kept.append(candidate) } else { dropped += probability }
        }
        candidates.replace(with: kept, sorted: false)
        return dropped
    }
}
