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
        let logits = candidates.all.map { Double($0.logit) }
        let mean = logits.reduce(0) { $0 + $1 / Double(logits.count) }
        let variance = logits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(logits.count) }
        let least = Double(best.logit) - count * variance.squareRoot()
        candidates.keep { $0 == best || Double($0.logit) >= least }
    }
}
