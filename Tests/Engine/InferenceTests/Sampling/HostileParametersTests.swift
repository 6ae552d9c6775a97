import Sampling
import Tensors
import Testing

@Suite("Parameters may be anything")
struct HostileParametersTests {
    @Test("every number has a range, which holds its default")
    func ranges() {
        let standard = SamplingParameters()
        #expect(standard.validated() == standard)
        for (field, range) in SamplingParameters.floatRanges { #expect(range.contains(standard[keyPath: field])) }
        for (field, range) in SamplingParameters.integerRanges { #expect(range.contains(standard[keyPath: field])) }
    }

    @Test(
        "a number that cannot be meant becomes the default, one beyond an end the end",
        arguments: SamplingParameters.floatRanges.indices)
    func floats(index: Int) {
        let (field, range) = SamplingParameters.floatRanges[index]
        func validated(_ value: Float) -> Float {
            var parameters = SamplingParameters()
            parameters[keyPath: field] = value
            return parameters.validated()[keyPath: field]
        }
        #expect(validated(.nan) == SamplingParameters()[keyPath: field])
        for value in [.infinity, .greatestFiniteMagnitude, -.infinity, -1e30, 0, .leastNonzeroMagnitude] as [Float] {
            #expect(range.contains(validated(value)))
        }
    }

    @Test("no mixture of hostile values leaves nothing to choose, or traps")
    func mixtures() {
        var random = RandomSource(seed: 99)
        let floats: [Float] = [.nan, .infinity, -.infinity, -1, 0, .leastNonzeroMagnitude, 1e-3, 0.3, 0.5, 1, 2, 1e9]
        let integers = [Int.min, -1, 0, 1, 2, 3, 40, Int.max]
        for _ in 0..<600 {
            var parameters = SamplingParameters()
            for (field, _) in SamplingParameters.floatRanges where random.nextUnit() < 0.4 {
                parameters[keyPath: field] = floats.randomElement(using: &random) ?? 0
            }
            for (field, _) in SamplingParameters.integerRanges where random.nextUnit() < 0.4 {
                parameters[keyPath: field] = integers.randomElement(using: &random) ?? 0
            }
            parameters.seed = random.next()
            var sampler = Sampler(parameters, history: [1, 2, 3, 1, 2, 3, 1, 2], contextLength: 16)
            for step in 0..<40 {
                var logits: [Float] = [0, .nan, 3, 2.5, -.infinity, .infinity, -1e38, 1e38, 1, 1, 0.5]
                if step % 2 == 0 { logits[5] = 1 }
                let sampled = logits.withUnsafeMutableBufferPointer { try? sampler.sample($0) }
                guard let sampled else {
                    Issue.record("no token with \(parameters)")
                    return
                }
                #expect(sampled.token != 1 && sampled.token != 4)
                try? sampler.accept(sampled.token)
            }
        }
    }

    @Test("a repetition of any length keeps the logits finite")
    func longRepetition() {
        var parameters = SamplingParameters.greedy
        parameters.dryMultiplier = 1e6
        parameters.dryBase = 1e3
        let history = [TokenID](repeating: 2, count: 5000)
        var sampler = Sampler(parameters, history: history, contextLength: 4096)
        var logits: [Float] = [-.infinity, -1e38, 5]
        let sampled = logits.withUnsafeMutableBufferPointer { try? sampler.sample($0) }
        #expect(sampled?.token == 1)
        logits = [-.infinity, -.infinity, 5]
        let only = logits.withUnsafeMutableBufferPointer { try? sampler.sample($0) }
        #expect(only?.token == 2, "where nothing else is possible")
    }

    @Test("breakers are the longest at the last place where one stands")
    func breakers() {
        var breakers = SequenceBreakers()
        #expect(breakers.isEmpty)
        breakers.insert(7)
        breakers.insert(1, then: [2])
        breakers.insert(1, then: [2, 3])
        #expect(!breakers.isEmpty)
        for (text, distance) in [
            ([], 0), ([7], 0), ([7, 1], 1), ([1], 1), ([1, 2], 0), ([1, 2, 3], 0), ([1, 2, 4], 1), ([1, 2, 3, 4], 1),
            ([7, 5, 1, 3], 3), ([5, 5], 2),
        ] as [([TokenID], Int)] {
            #expect(breakers.distance(in: text.reversed()) == distance, "\(text)")
        }
    }
}
