package import JSON
import OrderedCollections
package import Sampling

extension GenerationOptions {
    /// The `PARAMETER`s of a model. Integers may be written with a fraction, which is dropped; values of another type are
    /// left out, as the original does.
    package init(parameters: JSONObject) {
        self.init()
        func float(_ name: String) -> Float? { parameters[name]?.doubleValue.map { Float($0) } }
        func integer(_ name: String) -> Int? {
            parameters[name].flatMap { $0.intValue ?? $0.doubleValue.flatMap { Int(exactly: $0.rounded(.towardZero)) } }
        }
        temperature = float("temperature")
        topK = integer("top_k")
        topP = float("top_p")
        minP = float("min_p")
        typicalP = float("typical_p")
        repeatPenalty = float("repeat_penalty")
        presencePenalty = float("presence_penalty")
        frequencyPenalty = float("frequency_penalty")
        repeatLastN = integer("repeat_last_n")
        seed = integer("seed")
        numPredict = integer("num_predict")
        numKeep = integer("num_keep")
        stop = parameters["stop"].map { ($0.arrayValue ?? [$0]).compactMap(\.stringValue).filter { !$0.isEmpty } }
        numContext = integer("num_ctx")
        numBatch = integer("num_batch")
        numThread = integer("num_thread")
        draftNumPredict = integer("draft_num_predict")
        draft = parameters["draft"]?.stringValue
    }

    /// These options, and those of `model` where these say nothing.
    package func over(_ model: GenerationOptions) -> GenerationOptions {
        var result = self
        func fill<Value>(_ option: WritableKeyPath<GenerationOptions, Value?>) {
            result[keyPath: option] = self[keyPath: option] ?? model[keyPath: option]
        }
        fill(\.temperature)
        fill(\.topK)
        fill(\.topP)
        fill(\.minP)
        fill(\.typicalP)
        fill(\.repeatPenalty)
        fill(\.presencePenalty)
        fill(\.frequencyPenalty)
        fill(\.repeatLastN)
        fill(\.seed)
        fill(\.numPredict)
        fill(\.numKeep)
        // Clients that always send a list of stops do not mean to take away the model's own.
        result.stop = stop?.isEmpty == false ? stop : model.stop
        fill(\.numContext)
        fill(\.numBatch)
        fill(\.numThread)
        fill(\.draftNumPredict)
        fill(\.draft)
        return result
    }

    /// How tokens are chosen; what is not given has the default.
    package var sampling: SamplingParameters {
        var result = SamplingParameters()
        result.temperature = temperature ?? result.temperature
        result.topK = topK ?? result.topK
        result.topP = topP ?? result.topP
        result.minP = minP ?? result.minP
        result.typicalP = typicalP ?? result.typicalP
        result.repeatPenalty = repeatPenalty ?? result.repeatPenalty
        result.presencePenalty = presencePenalty ?? result.presencePenalty
        result.frequencyPenalty = frequencyPenalty ?? result.frequencyPenalty
        result.repeatLastN = repeatLastN ?? result.repeatLastN
        result.logitBias = logitBias
        result.seed = seed.flatMap { UInt64(exactly: $0) }  // Negative draws one.
        return result
    }

    /// The most tokens of an answer: ten contexts where nothing, nothing positive or more is asked for.
    package func maximumTokens(contextLength: Int) -> Int {
        let most = contextLength.multipliedReportingOverflow(by: 10)
        let bound = most.overflow ? Int.max : most.partialValue
        guard let numPredict, numPredict > 0 else { return bound }
        return min(numPredict, bound)
    }

    package func loadOptions(_ settings: GenerationSettings, draft: DraftSource? = nil) -> LoadOptions {
        let context = numContext.flatMap { $0 > 0 ? $0 : nil }
        return LoadOptions(
            contextLength: context ?? settings.contextLength, batchRows: numBatch.flatMap { $0 > 0 ? $0 : nil },
            draft: draft)
    }

    /// Tokens at the beginning that stay when a context is full: all of the prompt where negative.
    package var keptTokens: Int { numKeep ?? 4 }
}
