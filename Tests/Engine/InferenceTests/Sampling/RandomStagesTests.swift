import Sampling
import Tensors
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Stages that leave something to chance keep to their probabilities (fixed seeds)")
struct RandomStagesTests {
    private var plain: SamplingParameters {
        var parameters = SamplingParameters()
        parameters.temperature = 1
        parameters.topK = 0
        parameters.topP = 1
        return parameters
    }

    private func tokens(_ parameters: SamplingParameters, _ logits: [Float], count: Int) -> [TokenID] {
        var sampler = Sampler(parameters, contextLength: 64)
        return (0..<count).compactMap { _ in
            var logits = logits
            guard let token = logits.withUnsafeMutableBufferPointer({ try? sampler.sample($0) })?.token else {
                return nil
            }
            try? sampler.accept(token)
            return token
        }
    }

    @Test("top choices are excluded as often as asked for", arguments: [0.1, 0.5, 0.9] as [Float])
    func exclusion(probability: Float) {
        var parameters = plain
        parameters.xtcProbability = probability
        parameters.xtcThreshold = 0.2
        var excluded = 0.0
        for seed in 0..<2000 as Range<UInt64> {
            parameters.seed = seed
            // Probabilities of 0.5, 0.3 and 0.2: the first two go, or none.
            parameters.temperature = 1e-3
            if tokens(parameters, [5, 4.5, 4.09], count: 1) == [2] { excluded += 1 }
        }
        // Three standard deviations at the most are 0.034.
        #expect(abs(excluded / 2000 - Double(probability)) < 0.034)
    }

    @Test("a seed repeats what is left to chance")
    func seeds() {
        var parameters = plain
        parameters.xtcProbability = 0.5
        let logits: [Float] = [2, 1.9, 1.8, 1.7, 0, -1]
        parameters.seed = 3
        let first = tokens(parameters, logits, count: 60)
        #expect(first == tokens(parameters, logits, count: 60))
        parameters.seed = 4
        #expect(first != tokens(parameters, logits, count: 60))
    }

    @Test("the mean surprise comes to the target", arguments: [1, 2], [2, 3.5] as [Float])
    func surprise(version: Int, target: Float) {
        var parameters = plain
        parameters.mirostat = version
        parameters.mirostatTau = target
        parameters.seed = 11
        // Zipf's law over 1024 tokens: the first version assumes it.
        let logits = (1...1024).map { -1.1 * logf(Float($0)) }
        let probabilities = Candidates.probabilities(
            of: logits.enumerated().map { Candidate(token: TokenID($0), logit: $1) })
        let entropy = -probabilities.reduce(0) { $0 + $1 * log2($1) }
        #expect(entropy > 5, "without it the answer is more surprising")
        var sampler = Sampler(parameters, contextLength: 64)
        var surprises: [Double] = []
        for _ in 0..<800 {
            var copy = logits
            guard let token = copy.withUnsafeMutableBufferPointer({ try? sampler.sample($0) })?.token else { return }
            try? sampler.accept(token)
            surprises.append(-log2(probabilities[Int(token)]))
        }
        // The target is held among the tokens that are left, which are likelier there than in the whole.
        let mean = surprises.reduce(0, +) / Double(surprises.count)
        #expect(mean > Double(target) && mean < entropy - 0.3, "\(mean)")
    }

    @Test("without temperature chance decides nothing", arguments: [0, 1, 2])
    func greedy(mirostat: Int) {
        var parameters = SamplingParameters.greedy
        parameters.mirostat = mirostat
        for seed in 0..<20 as Range<UInt64> {
            parameters.seed = seed
            #expect(tokens(parameters, [0, 3, 2.9, 1], count: 2) == [1, 1])
        }
    }

    @Test("a stage with nothing to do is left out")
    func leftOut() {
        #expect(SamplingParameters().stages(contextLength: 64).count == 3)
        #expect(SamplingParameters.greedy.stages(contextLength: 64).count == 1)
        var parameters = SamplingParameters()
        parameters.xtcProbability = 1
        parameters.xtcThreshold = 0.51
        parameters.dryMultiplier = 1
        parameters.dryPenaltyLastN = 0
        #expect(parameters.stages(contextLength: 64).count == 3)
        parameters.mirostat = 2
        #expect(parameters.stages(contextLength: 64).count == 2, "temperature and Mirostat")
    }
}
