/// Keeps the k most likely tokens.
struct TopK: SamplingStage {
    private let count: Int

    init?(_ count: Int) {
        guard count > 0 else { return nil }
        self.count = count
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        candidates.keepLargest(count)
    }
}
