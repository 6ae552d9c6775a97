/// Excludes top choices: with the given probability all tokens of at least `threshold` go, but for the least likely of them,
/// so that the answer leaves the well-trodden path where several would do.
struct XTC: SamplingStage {
    private let probability: Double
    private let threshold: Double

    init?(probability: Float, threshold: Float) {
        // Two tokens cannot both have more than a half.
        guard probability > 0, threshold <= 0.5 else { return nil }
        self.probability = Double(probability)
        self.threshold = Double(threshold)
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        guard random.nextUnit() < probability else { return }
        let entries = candidates.all
        let likely = zip(entries, Candidates.probabilities(of: entries)).filter { $0.1 >= threshold }.map(\.0)
        guard likely.count > 1, let last = likely.max(by: Candidate.precedes) else { return }
        candidates.keep { !Candidate.precedes($0, last) }
    }
}
