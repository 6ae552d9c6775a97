/// How the next token is chosen; names, defaults and order are Ollama's.
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
