#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keeps the tokens at least `p` times as likely as the likeliest.
struct MinP: SamplingStage {
    private let logarithm: Float

    init?(_ share: Float) {
        guard share > 0 else { return nil }
        logarithm = logf(share)
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        guard let best = candidates.best else { return }
        candidates.keep(atLeast: best.logit + logarithm)
    }
}
