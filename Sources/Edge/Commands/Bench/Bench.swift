import JSON
import OrderedCollections
import Sampling
import Tensors

/// Times one model in llama-bench's terms: a prompt in batches of 512, and tokens one by one, both after `depth` tokens.
struct Bench {
    struct Rates {
        /// Tokens a second.
        var prompt: Double?
        var generation: Double?

        var json: JSONValue {
            var object: JSONObject = [:]
            if let prompt { object["pp"] = .number(Self.rounded(prompt)) }
            if let generation { object["tg"] = .number(Self.rounded(generation)) }
            return .object(object)
        }

        func text(prompt promptTokens: Int, generate generatedTokens: Int) -> String {
            var parts: [String] = []
            if let prompt { parts.append("pp\(promptTokens) \(Self.rounded(prompt)) tokens/s") }
            if let generation { parts.append("tg\(generatedTokens) \(Self.rounded(generation)) tokens/s") }
            return parts.joined(separator: "  ")
        }

        static func median(of rows: [Rates]) -> Rates {
            Rates(prompt: median(rows.compactMap(\.prompt)), generation: median(rows.compactMap(\.generation)))
        }

        private static func median(_ values: [Double]) -> Double? {
            guard !values.isEmpty else { return nil }
            let sorted = values.sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }

        private static func rounded(_ rate: Double) -> Double { (rate * 100).rounded() / 100 }
    }

    private let sequence: SingleSequence
    private let depth: Int
    private var random = RandomSource(seed: 1)

    init(_ sequence: SingleSequence, depth: Int) {
        self.sequence = sequence
        self.depth = depth
    }

    mutating func warmUp() throws {
        sequence.reset()
        try sequence.append(tokens(16))
    }

    mutating func promptRate(_ count: Int) throws -> Double {
        let prompt = try prepare(count)
        return try rate(count) { try sequence.append(prompt) }
    }

    mutating func generationRate(_ count: Int) throws -> Double {
        let tokens = try prepare(count)
        return try rate(count) {
            for token in tokens { try sequence.append([token]) }
        }
    }

    /// Fills the cache to the depth; returns the tokens to time.
    private mutating func prepare(_ count: Int) throws -> [TokenID] {
        sequence.reset()
        if depth > 0 { try sequence.append(tokens(depth)) }
        return tokens(count)
    }

    private func rate(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body)
        return Double(count) / (duration / .seconds(1))
    }

    /// Random tokens, from the part of the vocabulary that the peer's script uses too.
    private mutating func tokens(_ count: Int) -> [TokenID] {
        let bound = min(sequence.vocabularySize, 30000)
        return (0..<count).map { _ in TokenID(random.next() % UInt64(bound)) }
    }
}
