import CPUBackend
import Sampling
import Tensors

/// Times one model in llama-bench's terms: a prompt in batches of 512, and tokens one by one, both after `depth` tokens.
///
/// With several sequences, each generates; the prompt is that of the first.
struct Bench {
    private let sequences: BenchSequences
    private let depth: Int
    private let profile: ExecutionProfile?
    private var random = RandomSource(seed: 1)

    /// - Parameter profile: the executable's; generation then chooses its tokens, so that the choice is in the profile.
    init(_ sequences: BenchSequences, depth: Int, profile: ExecutionProfile? = nil) {
        self.sequences = sequences
        self.depth = depth
        self.profile = profile
    }

    /// Bytes of weights that were repacked.
    var packedBytes: Int { sequences.packedBytes }

    mutating func warmUp() throws {
        sequences.reset()
        try sequences.append(tokens(16), to: 0)
    }

    /// Tokens a second.
    mutating func promptRate(_ count: Int) throws -> Double {
        sequences.reset()
        try sequences.append(tokens(depth), to: 0)
        let prompt = tokens(count)
        return try rate(count) { try sequences.append(prompt, to: 0) }
    }

    /// Tokens a second of all sequences together, `count` of each.
    mutating func generationRate(_ count: Int) throws -> Double {
        sequences.reset()
        for sequence in 0..<sequences.count { try sequences.append(tokens(depth), to: sequence) }
        let steps = (0..<count).map { _ in tokens(sequences.count) }
        return try rate(count * sequences.count) {
            for tokens in steps {
                try sequences.step(tokens)
                if profile != nil { sequences.sample() }
            }
        }
    }

    private func rate(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        _ = profile?.take()
        let duration = try ContinuousClock().measure(body)
        return Double(count) / (duration / .seconds(1))
    }

    /// Random tokens, from the part of the vocabulary that the peer's script uses too.
    private mutating func tokens(_ count: Int) -> [TokenID] {
        let bound = min(sequences.vocabularySize, 30000)
        return (0..<count).map { _ in TokenID(random.next() % UInt64(bound)) }
    }
}
