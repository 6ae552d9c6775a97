package import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Log-probabilities over the whole vocabulary, from the logits as the model gave them, before any stage.
struct LogProbabilities {
    private let logits: [Float]
    private let logSum: Double

    init(of values: UnsafeBufferPointer<Float>) {
        logits = values.map { $0.isNaN ? -.infinity : $0.finite }
        let largest = Double(logits.max() ?? 0)
        logSum = largest + log(logits.reduce(0) { $0 + exp(Double($1) - largest) })
    }

    /// No logit is a number.
    var areMissing: Bool { logSum.isNaN }

    subscript(_ token: TokenID) -> Float { Float(Double(logits[Int(token)]) - logSum) }

    /// The `count` likeliest tokens, likeliest first.
    func top(_ count: Int) -> [SampledToken.Alternative] {
        logits.withUnsafeBufferPointer { LargestLogits.select(count, from: $0) }
            .map { SampledToken.Alternative(token: $0.token, logProbability: self[$0.token]) }
    }
}

extension SampledToken {
    /// What the model says of a token that was given, not chosen.
    /// - Parameters:
    ///   - logits: of the whole vocabulary, after the tokens before it.
    ///   - alternatives: how many of the likeliest tokens to report beside it.
    package init(
        given token: TokenID, _ logits: UnsafeBufferPointer<Float>, alternatives: Int
    ) throws(SamplingError) {
        let probabilities = LogProbabilities(of: logits)
        guard !probabilities.areMissing else { throw .notANumber }
        self.init(
            token: token, logProbability: probabilities[token], alternatives: probabilities.top(alternatives))
    }
}
