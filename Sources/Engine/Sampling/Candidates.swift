package import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A token that may be chosen.
package struct Candidate: Hashable, Sendable {
    package var token: TokenID
    package var logit: Float

    package init(token: TokenID, logit: Float) {
        self.token = token
        self.logit = logit
    }

    /// More likely, or as likely and earlier in the vocabulary.
    static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
        left.logit > right.logit || left.logit == right.logit && left.token < right.token
    }
}

/// The tokens that may still be chosen. At first the whole vocabulary, read where the engine left it; stages narrow it.
///
/// The vocabulary is never sorted: 128k logits are scanned once. Logits that are not a number count as impossible.
package struct Candidates {
    private let vocabulary: UnsafeMutableBufferPointer<Float>
    /// Nil while every token of the vocabulary is a candidate.
    private var narrowed: [Candidate]?
    private var isSorted = false

    /// - Parameter logits: one for each token of the vocabulary; valid while this value is used. Penalties change them.
    package init(_ logits: UnsafeMutableBufferPointer<Float>) {
        vocabulary = logits
    }

    /// Changes the logit of `token`; nothing for a token outside the vocabulary. Only before candidates are narrowed.
    package mutating func adjust(_ token: TokenID, _ change: (Float) -> Float) {
        precondition(narrowed == nil, "penalties come first")
        guard vocabulary.indices.contains(Int(token)) else { return }
        vocabulary[Int(token)] = change(vocabulary[Int(token)])
    }

    /// The most likely candidate, nil where no logit is a number.
    package var best: Candidate? {
        if let narrowed {
            return isSorted ? narrowed.first : narrowed.min(by: Candidate.precedes)
        }
        return ArgumentOfMaximum.find(in: UnsafeBufferPointer(vocabulary))
            .map { Candidate(token: TokenID($0), logit: vocabulary[$0].finite) }
    }

    /// The candidates in no particular order.
    package var all: [Candidate] {
        mutating get { narrowed ?? narrow() }
    }

    /// The candidates, most likely first.
    package var sorted: [Candidate] {
        mutating get {
            var candidates = all
            if !isSorted {
                candidates.sort(by: Candidate.precedes)
                replace(with: candidates, sorted: true)
            }
            return candidates
        }
    }

    /// How many tokens there are, candidates or not.
    package var vocabularyCount: Int { vocabulary.count }

    /// The `count` most likely candidates, most likely first.
    package func largest(_ count: Int) -> [Candidate] {
        if let narrowed {
            return isSorted ? Array(narrowed.prefix(count)) : LargestLogits.select(count, from: narrowed)
        }
        return LargestLogits.select(count, from: UnsafeBufferPointer(vocabulary))
    }

    /// Keeps the `count` most likely candidates.
    package mutating func keepLargest(_ count: Int) {
        let isLess = count < (narrowed?.count ?? vocabulary.count)
        if isLess { replace(with: largest(count), sorted: true) }
    }

    /// Keeps what `isKept` answers true to; the order stays.
    package mutating func keep(where isKept: (Candidate) -> Bool) {
        replace(with: all.filter(isKept), sorted: isSorted)
    }

    /// Keeps the candidates of at least that logit; the order stays.
    package mutating func keep(atLeast least: Float) {
        guard narrowed == nil else { return keep { $0.logit >= least } }
        var kept: [Candidate] = []
        for (token, logit) in vocabulary.enumerated() where logit >= least && logit > -.infinity {
            kept.append(Candidate(token: TokenID(token), logit: logit.finite))
        }
        replace(with: kept, sorted: false)
    }

    /// How far the logits of the candidates are from their mean.
    package var standardDeviation: Double {
        narrowed.map { Self.standardDeviation($0.lazy.map(\.logit)) }
            ?? Self.standardDeviation(vocabulary.lazy.filter { $0 > -.infinity }.map(\.finite))
    }

    private static func standardDeviation(_ values: some Sequence<Float>) -> Double {
        var (count, sum, squares) = (0.0, 0.0, 0.0)
        for value in values {
            count += 1
            sum += Double(value)
        }
        guard count > 0 else { return 0 }
        let mean = sum / count
        for value in values { squares += (Double(value) - mean) * (Double(value) - mean) }
        return (squares / count).squareRoot()
    }

    /// Changes all logits, keeping their order.
    package mutating func scale(by factor: Float) {
        guard let narrowed else {
            for index in vocabulary.indices { vocabulary[index] *= factor }
            return
        }
        replace(with: narrowed.map { Candidate(token: $0.token, logit: ($0.logit * factor).finite) }, sorted: isSorted)
    }

    package mutating func replace(with candidates: [Candidate], sorted: Bool) {
        narrowed = candidates
        isSorted = sorted
    }

    /// The probabilities of `candidates` among themselves.
    package static func probabilities(of candidates: [Candidate]) -> [Double] {
        guard let best = candidates.max(by: { $0.logit < $1.logit }) else { return [] }
        var probabilities = candidates.map { exp(Double($0.logit) - Double(best.logit)) }
        let sum = probabilities.reduce(0, +)
        for index in probabilities.indices { probabilities[index] /= sum }
        return probabilities
    }

    private mutating func narrow() -> [Candidate] {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(vocabulary.count)
        for (token, logit) in vocabulary.enumerated() where logit > -.infinity {
            candidates.append(Candidate(token: TokenID(token), logit: logit.finite))
        }
        replace(with: candidates, sorted: false)
        return candidates
    }
}

extension Float {
    /// The value, with infinities at the end of what can be counted with.
    var finite: Float { min(max(self, -.greatestFiniteMagnitude), .greatestFiniteMagnitude) }
}
