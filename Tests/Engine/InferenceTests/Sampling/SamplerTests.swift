import Sampling
import Tensors
import Testing

@Suite("A sampler chooses the next token")
struct SamplerTests {
    private func sample(_ sampler: inout Sampler, _ logits: [Float]) -> SampledToken? {
        var logits = logits
        return logits.withUnsafeMutableBufferPointer { try? sampler.sample($0) }
    }

    @Test("temperature 0 takes the likeliest token, the first of equals")
    func greedy() {
        var sampler = Sampler(.greedy, contextLength: 64)
        let choice1 = sample(&sampler, [0, 3, 1, 3])
        #expect(choice1?.token == 1)
        var many = [Float](repeating: -1, count: 1000)
        many[997] = 4
        let choice2 = sample(&sampler, many)
        #expect(choice2?.token == 997)
    }

    @Test("logits that are not a number are never chosen, and never trap")
    func notANumber() {
        for parameters in [SamplingParameters.greedy, SamplingParameters()] {
            var sampler = Sampler(parameters, contextLength: 64)
            let choice3 = sample(&sampler, [.nan, 1, .nan, -.infinity])
            #expect(choice3?.token == 1)
            let choice4 = sample(&sampler, [.nan, .nan])
            #expect(choice4 == nil)
            let choice5 = sample(&sampler, [-.infinity, -.infinity])
            #expect(choice5 == nil)
            let choice6 = sample(&sampler, [0, .infinity, 1])
            #expect(choice6?.token == 1)
            let choice7 = sample(&sampler, [])
            #expect(choice7 == nil)
        }
    }

    @Test("a bias moves the choice, with temperature and without, and takes nothing from the log-probabilities")
    func logitBias() {
        for temperature in [0, 1] as [Float] {
            var parameters = SamplingParameters()
            parameters.temperature = temperature
            parameters.logitBias = [2: 100, 1: -.infinity, 99: 5, -1: 5, 0: .nan]
            var sampler = Sampler(parameters, alternatives: 1, contextLength: 64)
            let choice = sample(&sampler, [0, 3, 1, 2])
            #expect(choice?.token == 2)
            #expect(choice?.alternatives.map(\.token) == [1])
        }
        var banned = SamplingParameters.greedy
        banned.logitBias = [1: -100]
        var sampler = Sampler(banned, contextLength: 64)
        let choice = sample(&sampler, [0, 3, 1, 2])
        #expect(choice?.token == 3)
    }

    @Test("a seed repeats every choice, another seed does not")
    func seeds() {
        var parameters = SamplingParameters()
        parameters.topK = 0
        parameters.topP = 1
        parameters.temperature = 1
        func run(_ seed: UInt64) -> [TokenID] {
            parameters.seed = seed
            var sampler = Sampler(parameters, contextLength: 64)
            return (0..<50).compactMap { step in
                sample(&sampler, (0..<100).map { Float(($0 * 7 + step) % 13) / 4 })?.token
            }
        }
        #expect(run(1) == run(1))
        #expect(run(1) != run(2))
        #expect(run(1).count == 50)
    }

    @Test("choices are distributed as the softmax says (chi-square, fixed seed)", arguments: [false, true])
    func distribution(narrowed: Bool) throws {
        var parameters = SamplingParameters()
        parameters.temperature = 1
        parameters.topK = narrowed ? 10 : 0
        parameters.topP = 1
        parameters.seed = 42
        var sampler = Sampler(parameters, contextLength: 64)
        let logits: [Float] = [0, 0.5, 1, 1.5, 2, -1, 0.25, 0.75, 1.25, 1.75]
        var counts = [Double](repeating: 0, count: logits.count)
        let draws = 20_000
        for _ in 0..<draws {
            let choice = sample(&sampler, logits)
            counts[Int(try #require(choice).token)] += 1
        }
        let probabilities = Candidates.probabilities(
            of: logits.enumerated().map { Candidate(token: TokenID($0), logit: $1) })
        let chiSquare = zip(counts, probabilities).reduce(0) { sum, pair in
            let expected = pair.1 * Double(draws)
            return sum + (pair.0 - expected) * (pair.0 - expected) / expected
        }
        // Nine degrees of freedom: 21.7 is exceeded once in a hundred seeds.
        #expect(chiSquare < 21.7)
        #expect(chiSquare > 1)
    }

    @Test("reported log-probabilities are those of the whole vocabulary, before penalties and temperature")
    func logProbabilities() throws {
        var parameters = SamplingParameters.greedy
        parameters.repeatPenalty = 10
        var sampler = Sampler(parameters, history: [3], alternatives: 2, contextLength: 64)
        // Softmax of 0 0 1 2 in NumPy: 0.0826, 0.0826, 0.2245, 0.6103; the penalty takes token 3 from 2 to 0.2.
        let sampled = sample(&sampler, [0, 0, 1, 2])
        let token = try #require(sampled)
        #expect(token.token == 2)
        #expect(abs(try #require(token.logProbability) - -1.4938) < 1e-3)
        #expect(token.alternatives.map(\.token) == [3, 2])
        #expect(abs(token.alternatives[0].logProbability - -0.4938) < 1e-3)
    }

    @Test("more alternatives than tokens are all tokens")
    func manyAlternatives() throws {
        var sampler = Sampler(.greedy, alternatives: .max, contextLength: 64)
        let sampled = sample(&sampler, [1, 2, 3])
        #expect(try #require(sampled).alternatives.map(\.token) == [2, 1, 0])
    }

    @Test("values out of range are brought into it")
    func validation() {
        var parameters = SamplingParameters()
        parameters.temperature = -1
        parameters.topK = -40
        parameters.topP = 7
        parameters.minP = -.infinity
        parameters.typicalP = .nan
        parameters.repeatPenalty = 0
        parameters.frequencyPenalty = .infinity
        parameters.repeatLastN = -7
        let valid = parameters.validated()
        #expect(valid.temperature == 0)
        #expect(valid.topK == 0)
        #expect(valid.topP == 1)
        #expect(valid.minP == 0)
        #expect(valid.typicalP == 1)
        #expect(valid.repeatPenalty == 1)
        #expect(valid.frequencyPenalty == 1000)
        #expect(valid.repeatLastN == -1)
        #expect(SamplingParameters().validated() == SamplingParameters())
    }

    @Test("penalties look at the last tokens only")
    func window() {
        var parameters = SamplingParameters.greedy
        parameters.presencePenalty = 5
        parameters.repeatLastN = 2
        var sampler = Sampler(parameters, history: [0, 1, 2], contextLength: 64)
        let choice8 = sample(&sampler, [3, 4, 5, 1])
        #expect(choice8?.token == 0)
        try? sampler.accept(0)
        let choice9 = sample(&sampler, [3, 4, 5, 1])
        #expect(choice9?.token == 1)
    }

    @Test("the k largest of many are those that sorting finds")
    func largest() {
        var random = RandomSource(seed: 7)
        let logits = (0..<5000).map { _ in Float(random.nextUnit() * 20 - 10) }
        var copy = logits
        let found = copy.withUnsafeMutableBufferPointer { buffer in
            var candidates = Candidates(buffer)
            candidates.keep(atLeast: -8)
            candidates.keepLargest(80)
            candidates.keep { _ in true }
            candidates.keepLargest(64)
            return candidates.sorted.map(\.token)
        }
        let fromAll = copy.withUnsafeMutableBufferPointer { Candidates($0).largest(64).map(\.token) }
        #expect(found == fromAll)
        let expected = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(64).map(TokenID.init)
        #expect(found == expected)
    }
}
