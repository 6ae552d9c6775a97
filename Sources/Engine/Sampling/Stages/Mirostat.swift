import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Holds the surprise of the answer's tokens near a target (Mirostat, Basu et al. 2021): what is too surprising goes, and
/// how much that is follows from how surprising the chosen tokens were.
struct Mirostat: SamplingStage {
    enum Version: Sendable {
        /// Keeps as many tokens as hold the target where probabilities fall as Zipf's law says.
        case first
        /// Keeps the tokens that are not more surprising than the limit.
        case second
    }
    private let version: Version
    /// In bits.
    private let target: Double
    private let rate: Double
    /// The most surprise that a token may have, in bits.
    private var limit: Double
    /// What the last choice was made from.
    private var offered: [Candidate] = []

    init(_ version: Version, target: Float, rate: Float) {
        self.version = version
        self.target = Double(target)
        self.rate = Double(rate)
        limit = 2 * self.target
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        switch version {
        case .first: keepAsZipfSays(&candidates)
        case .second: keepUnsurprising(&candidates)
        }
        offered = candidates.all
    }

    /// Compares the chosen token's surprise with the target. Tokens of the prompt were not chosen.
    mutating func accept(_ token: TokenID) {
        guard let index = offered.firstIndex(where: { $0.token == token }) else { return }
        let probability = Candidates.probabilities(of: offered)[index]
        offered = []
        let surprise = -log2(max(probability, .leastNormalMagnitude))
        limit -= rate * (surprise - target)
    }

    private func keepUnsurprising(_ candidates: inout Candidates) {
        guard let best = candidates.best else { return }
        let entries = candidates.all
        let least = exp2(-limit)
        let kept = zip(entries, Candidates.probabilities(of: entries)).filter { $0.1 >= least }.map(\.0)
        candidates.replace(with: kept.isEmpty ? [best] : kept, sorted: false)
    }

    /// The exponent of Zipf's law is fitted to the likeliest tokens by least squares.
    private func keepAsZipfSays(_ candidates: inout Candidates) {
        let likeliest = candidates.largest(100)
        guard likeliest.count > 1 else { return }
        var products = 0.0
        var squares = 0.0
        for rank in 1..<likeliest.count {
            let distance = log(Double(rank + 1) / Double(rank))
            products += distance * (Double(likeliest[rank - 1].logit) - Double(likeliest[rank].logit))
            squares += distance * distance
        }
        let exponent = products / squares
        let size = Double(candidates.vocabularyCount)
        let excess = exponent - 1
        // At an exponent of one the quotient is 0 / 0 and its limit 1 / log(size).
        let scale = abs(excess) < 1e-9 ? 1 / log(size) : excess / (1 - pow(size, -excess))
        let count = pow(scale * exp2(limit), 1 / exponent)
        candidates.keepLargest(Int(min(max(count, 1), size)))
    }
}
