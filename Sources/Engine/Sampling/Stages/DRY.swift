import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes tokens less likely that would go on repeating an earlier passage ("don't repeat yourself"). Where the last n tokens
/// stand earlier too, and n is at least `allowedLength`, the token that followed there loses
/// `multiplier` · `base` ^ (n - `allowedLength`). Tokens before the last breaker do not count.
struct DRY: SamplingStage {
    private let multiplier: Double
    private let base: Double
    private let allowedLength: Int
    private let windowLength: Int
    private let breakers: SequenceBreakers
    /// The last tokens, with up to as many older ones, so that few steps move them.
    private var recent: [TokenID] = []

    init?(_ parameters: SamplingParameters, contextLength: Int) {
        let length =
            parameters.dryPenaltyLastN < 0 ? contextLength : min(parameters.dryPenaltyLastN, contextLength)
        guard parameters.dryMultiplier > 0, length > 0 else { return nil }
        multiplier = Double(parameters.dryMultiplier)
        base = Double(parameters.dryBase)
        allowedLength = parameters.dryAllowedLength
        windowLength = length
        breakers = parameters.dryBreakers
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        let newest = Array(recent.suffix(windowLength).reversed())
        let most = breakers.distance(in: newest)
        guard most >= allowedLength else { return }
        var longest: [TokenID: Int] = [:]
        for (age, length) in Self.prefixLengths(newest).enumerated() where age > 0 && length > 0 {
            let repeated = min(length, most)
            guard repeated > 0, repeated >= allowedLength else { continue }
            longest[newest[age - 1]] = max(longest[newest[age - 1]] ?? 0, repeated)
        }
        for (token, length) in longest {
            let penalty = Float(multiplier * pow(base, Double(length - allowedLength))).finite
            candidates.adjust(token) { $0 - penalty }
        }
    }

    mutating func accept(_ token: TokenID) {
        recent.append(token)
        if recent.count / 2 >= windowLength { recent.removeFirst(recent.count - windowLength) }
    }

    /// For each index how many tokens from there on are as those from the beginning on (the Z-function, in linear time).
    private static func prefixLengths(_ tokens: [TokenID]) -> [Int] {
        var lengths = [Int](repeating: 0, count: tokens.count)
        // The part known to be as the beginning that reaches farthest.
        var (start, end) = (0, 0)
        for index in tokens.indices.dropFirst() {
            var length = index < end ? min(lengths[index - start], end - index) : 0
            while index + length < tokens.count, tokens[length] == tokens[index + length] { length += 1 }
            lengths[index] = length
            if index + length > end { (start, end) = (index, index + length) }
        }
        return lengths
    }
}
