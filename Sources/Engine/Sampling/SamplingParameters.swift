package import Tensors

/// How the next token is chosen; names and defaults are Ollama's.
package struct SamplingParameters: Hashable, Sendable {
    /// 0 chooses the most likely token.
    package var temperature: Float = 0.8
    /// 0 keeps all candidates.
    package var topK: Int = 40
    package var topP: Float = 0.9
    package var minP: Float = 0
    package var typicalP: Float = 1
    package var repeatPenalty: Float = 1
    package var presencePenalty: Float = 0
    package var frequencyPenalty: Float = 0
    /// Added to the logits of tokens, before all else.
    package var logitBias: [TokenID: Float] = [:]
    /// How many last tokens the penalties look at: 0 none, -1 the whole context.
    package var repeatLastN: Int = 64
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
    /// The stages that narrow the candidates, in the order of llama.cpp's server, which Ollama runs: its default chain is
    /// logit bias, penalties, top-k, typical, top-p, min-p, temperature. A stage that would do nothing is left out.
    /// - Parameter contextLength: what `repeatLastN` -1 stands for.
    package func stages(contextLength: Int) -> [any SamplingStage] {
        let valid = validated()
        // Every stage but the typical one keeps the likeliest token: without temperature they need not run.
        if valid.temperature == 0, valid.typicalP == 1 {
            let greedy: [(any SamplingStage)?] = [
                LogitBias(valid.logitBias), Penalties(valid, contextLength: contextLength), Temperature(0),
            ]
            return greedy.compactMap { $0 }
        }
        let all: [(any SamplingStage)?] = [
            LogitBias(valid.logitBias),
            Penalties(valid, contextLength: contextLength),
            TopK(valid.topK),
            TypicalP(valid.typicalP),
            TopP(valid.topP),
            MinP(valid.minP),
            Temperature(valid.temperature),
        ]
        return all.compactMap { $0 }
    }

    /// The parameters with every value in its range: what cannot be meant becomes the default, what is beyond an end the end.
    package func validated() -> Self {
        func clamp(_ value: Float, _ range: ClosedRange<Float>, _ fallback: Float) -> Float {
            value.isNaN ? fallback : min(max(value, range.lowerBound), range.upperBound)
        }
        let standard = Self()
        var valid = self
        valid.temperature = clamp(temperature, 0...1e6, standard.temperature)
        valid.topK = max(topK, 0)
        valid.topP = clamp(topP, 0...1, standard.topP)
        valid.minP = clamp(minP, 0...1, standard.minP)
        valid.typicalP = clamp(typicalP, 0...1, standard.typicalP)
        valid.repeatPenalty = repeatPenalty > 0 ? clamp(repeatPenalty, 1e-3...1e3, 1) : standard.repeatPenalty
        valid.presencePenalty = clamp(presencePenalty, -1e3...1e3, standard.presencePenalty)
        valid.frequencyPenalty = clamp(frequencyPenalty, -1e3...1e3, standard.frequencyPenalty)
        valid.logitBias = logitBias.filter { !$0.value.isNaN }.mapValues { clamp($0, -1e3...1e3, 0) }
        valid.repeatLastN = max(repeatLastN, -1)
        return valid
    }
}
