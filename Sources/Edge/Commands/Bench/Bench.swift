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
    private let loop: ReadingLoop?
    private var random = RandomSource(seed: 1)

    /// So often between generated tokens memory is read: its speed changes within seconds on machines that are shared.
    private static let stepsOfPass = 16
    static let warmUpTokens = 16

    /// - Parameters:
    ///   - profile: the executable's; generation then chooses its tokens, so that the choice is in the profile.
    ///   - loop: measured in turns with generation.
    init(
        _ sequences: BenchSequences, depth: Int, profile: ExecutionProfile? = nil, beside loop: ReadingLoop? = nil
    ) {
        self.sequences = sequences
        self.depth = depth
        self.profile = profile
        self.loop = loop
    }

    /// Bytes of weights that were repacked.
    var copyBytes: Int { sequences.copyBytes }

    mutating func warmUp() throws {
        sequences.reset()
        try sequences.append(tokens(Self.warmUpTokens), to: 0)
    }

    /// Tokens a second.
    mutating func promptRate(_ count: Int) throws -> Double {
        sequences.reset()
        try sequences.append(tokens(depth), to: 0)
        let prompt = tokens(count)
        _ = profile?.take()
        let duration = try ContinuousClock().measure { try sequences.append(prompt, to: 0) }
        return Double(count) / (duration / .seconds(1))
    }

    /// Tokens a second of all sequences together, `count` of each, and bytes a second of the reading loop meanwhile.
    mutating func generationRate(_ count: Int) throws -> (tokens: Double, loop: Double?) {
        sequences.reset()
        for sequence in 0..<sequences.count { try sequences.append(tokens(depth), to: sequence) }
        let steps = (0..<count).map { _ in tokens(sequences.count) }
        _ = profile?.take()
        let clock = ContinuousClock()
        var (generating, reading, passes) = (Duration.zero, Duration.zero, 0)
        for start in stride(from: 0, to: count, by: Self.stepsOfPass) {
            if let loop {
                reading += clock.measure(loop.read)
                passes += 1
            }
            generating += try clock.measure {
                for tokens in steps[start..<min(count, start + Self.stepsOfPass)] {
                    try sequences.step(tokens)
                    if profile != nil { sequences.sample() }
                }
            }
        }
        let read = loop.map { Double(passes * $0.byteCount) / (reading / .seconds(1)) }
        return (Double(count * sequences.count) / (generating / .seconds(1)), read)
    }

    /// Random tokens, from the part of the vocabulary that the peer's script uses too.
    private mutating func tokens(_ count: Int) -> [TokenID] {
        let bound = min(sequences.vocabularySize, 30000)
        return (0..<count).map { _ in TokenID(random.next() % UInt64(bound)) }
    }
}
