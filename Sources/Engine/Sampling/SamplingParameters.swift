package import Tensors

/// How the next token is chosen; names and defaults are Ollama's, and llama.cpp's where Ollama has none.
package struct SamplingParameters: Hashable, Sendable {
    /// 0 chooses the most likely token.
    package var temperature: Float = 0.8
    /// 0 keeps all candidates.
    package var topK: Int = 40
    package var topP: Float = 0.9
    package var minP: Float = 0
    package var typicalP: Float = 1
    /// 0 keeps all candidates.
    package var topNSigma: Float = 0
    package var repeatPenalty: Float = 1
    package var presencePenalty: Float = 0
    package var frequencyPenalty: Float = 0
    /// Added to the logits of tokens, before all else.
    package var logitBias: [TokenID: Float] = [:]
    /// How many last tokens the penalties look at: 0 none, -1 the whole context.
    package var repeatLastN: Int = 64
    /// 0 lets passages be repeated.
    package var dryMultiplier: Float = 0
    package var dryBase: Float = 1.75
    /// The longest repetition that costs no more than the multiplier.
    package var dryAllowedLength: Int = 2
    /// How many last tokens are searched for repetitions: 0 none, -1 the whole context.
    package var dryPenaltyLastN: Int = -1
    package var dryBreakers = SequenceBreakers()
    /// How often top choices are excluded.
    package var xtcProbability: Float = 0
    /// The probability that makes a token a top choice; above 0.5 there is no second one.
    package var xtcThreshold: Float = 0.1
    /// 1 or 2: the version of Mirostat that takes the place of the stages that remove candidates.
    package var mirostat: Int = 0
    /// The surprise to hold, in bits.
    package var mirostatTau: Float = 5
    package var mirostatEta: Float = 0.1
    /// Nil draws a seed.
    package var seed: UInt64?

    package init() {}

    package static var greedy: Self {
        var parameters = Self()
        parameters.temperature = 0
        return parameters
    }
}

extension SamplingParameters {
    package typealias Field<Value> = WritableKeyPath<SamplingParameters, Value> & Sendable

    /// The values that each number may have.
    package static let floatRanges: [(field: any Field<Float>, range: ClosedRange<Float>)] = [
        (\.temperature, 0...1e6), (\.topP, 0...1), (\.minP, 0...1), (\.typicalP, 0...1), (\.topNSigma, 0...1e6),
        (\.repeatPenalty, 1e-3...1e3), (\.presencePenalty, -1e3...1e3), (\.frequencyPenalty, -1e3...1e3),
        (\.dryMultiplier, 0...1e6), (\.dryBase, 1...1e3), (\.xtcProbability, 0...1), (\.xtcThreshold, 0...1),
        (\.mirostatTau, 0...100), (\.mirostatEta, 0...1),
    ]
    package static let integerRanges: [(field: any Field<Int>, range: ClosedRange<Int>)] = [
        (\.topK, 0...Int.max), (\.repeatLastN, -1...Int.max), (\.dryAllowedLength, 0...Int.max),
        (\.dryPenaltyLastN, -1...Int.max), (\.mirostat, 0...2),
    ]

    /// The stages that narrow the candidates, in the order of llama.cpp's server, which Ollama runs. A stage that would do
    /// nothing is left out.
    /// - Parameter contextLength: what `repeatLastN` and `dryPenaltyLastN` -1 stand for.
    package func stages(contextLength: Int) -> [any SamplingStage] {
        let valid = validated()
        let changes: [(any SamplingStage)?] = [
            LogitBias(valid.logitBias),
            Penalties(valid, contextLength: contextLength),
            DRY(valid, contextLength: contextLength),
        ]
        return changes.compactMap { $0 } + valid.choices.compactMap { $0 }
    }

    /// The stages that remove candidates.
    private var choices: [(any SamplingStage)?] {
        // The other stages keep the likeliest token: without temperature they need not run.
        if temperature == 0, typicalP == 1 || mirostat > 0, xtcProbability == 0 || mirostat > 0 {
            return [Temperature(0)]
        }
        switch mirostat {
        case 1: return [Temperature(temperature), Mirostat(.first, target: mirostatTau, rate: mirostatEta)]
        case 2: return [Temperature(temperature), Mirostat(.second, target: mirostatTau, rate: mirostatEta)]
        default:
            return [
                TopNSigma(topNSigma),
                TopK(topK),
                TypicalP(typicalP),
                TopP(topP),
                MinP(minP),
                XTC(probability: xtcProbability, threshold: xtcThreshold),
                Temperature(temperature),
            ]
        }
    }

    /// The parameters with every value in its range: what cannot be meant becomes the default, what is beyond an end the end.
    package func validated() -> Self {
        let standard = Self()
        var valid = self
        for (field, range) in Self.floatRanges {
            let value = self[keyPath: field]
            valid[keyPath: field] = value.isNaN ? standard[keyPath: field] : value.clamped(to: range)
        }
        for (field, range) in Self.integerRanges { valid[keyPath: field] = self[keyPath: field].clamped(to: range) }
        // A factor that is not positive has no meaning; the least one would be the opposite of what was asked for.
        if repeatPenalty <= 0 { valid.repeatPenalty = standard.repeatPenalty }
        valid.logitBias = logitBias.filter { !$0.value.isNaN }.mapValues { $0.clamped(to: -1e3...1e3) }
        return valid
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
