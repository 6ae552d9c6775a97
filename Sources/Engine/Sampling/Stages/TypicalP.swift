#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keeps the tokens whose surprise is closest to the expected one, until they hold the share `p` (locally typical sampling).
struct TypicalP: SamplingStage {
    private let share: Double

    init?(_ share: Float) {
        guard share < 1 else { return nil }
        self.share = Double(share)
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        let entries = candidates.sorted
        let probabilities = Candidates.probabilities(of: entries)
        let surprises = probabilities.map { $0 > 0 ? -log($0) : .infinity }
        let entropy = zip(probabilities, surprises).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1 : $0 }
        let order = entries.indices.sorted {
            let (left, right) = (abs(surprises[$0] - entropy), abs(surprises[$1] - entropy))
            return left < right || left == right && $0 < $1
        }
        var sum = 0.0
        var kept: [Candidate] = []
        for index in order {
            kept.append(entries[index])
            sum += probabilities[index]
            if sum > share { break }
        }
        candidates.replace(with: kept, sorted: false)
    }
}
