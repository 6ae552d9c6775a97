/// Keeps the tokens whose logits are at most n standard deviations below the largest: how many that are does not depend on
/// the temperature.
struct TopNSigma: SamplingStage {
    private let count: Double

    init?(_ count: Float) {
        guard count > 0 else { return nil }
        self.count = Double(count)
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        guard let best = candidates.best else { return }
        candidates.keep(atLeast: Float(Double(best.logit) - count * candidates.standardDeviation).finite)
    }
}
