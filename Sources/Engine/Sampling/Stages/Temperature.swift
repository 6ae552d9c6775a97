/// Sharpens (below 1) or flattens (above 1) the distribution; 0 leaves only the likeliest token.
struct Temperature: SamplingStage {
    private let temperature: Float

    init?(_ temperature: Float) {
        guard temperature != 1 else { return nil }
        self.temperature = temperature
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        if temperature > 0 {
            candidates.scale(by: (1 / temperature).finite)
        } else if let best = candidates.best {
            candidates.replace(with: [best], sorted: true)
        }
    }
}
