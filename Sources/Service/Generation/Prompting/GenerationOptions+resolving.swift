package import JSON
import OrderedCollections
package import Sampling

extension GenerationOptions {
    package typealias Key<Value> = WritableKeyPath<GenerationOptions, Value?> & Sendable

    /// The options that are whole numbers, by their names in requests and Modelfiles.
    package static let integers: [String: any Key<Int>] = [
        "num_keep": \.numKeep, "seed": \.seed, "num_predict": \.numPredict, "top_k": \.topK,
        "repeat_last_n": \.repeatLastN, "num_ctx": \.numContext, "num_batch": \.numBatch, "num_thread": \.numThread,
        "draft_num_predict": \.draftNumPredict,
    ]
    /// Those that are any number.
    package static let floats: [String: any Key<Float>] = [
        "top_p": \.topP, "min_p": \.minP, "typical_p": \.typicalP, "temperature": \.temperature,
        "repeat_penalty": \.repeatPenalty, "presence_penalty": \.presencePenalty,
        "frequency_penalty": \.frequencyPenalty,
    ]

    /// The `PARAMETER`s of a model. Integers may be written with a fraction, which is dropped; values of another type are
    /// left out, as the original does.
    package init(parameters: JSONObject) {
        self.init()
        for (name, key) in Self.integers {
            self[keyPath: key] = parameters[name].flatMap { value in
                value.intValue ?? value.doubleValue.flatMap { Int(exactly: $0.rounded(.towardZero)) }
            }
        }
        for (name, key) in Self.floats { self[keyPath: key] = parameters[name]?.doubleValue.map { Float($0) } }
        stop = parameters["stop"].map { ($0.arrayValue ?? [$0]).compactMap(\.stringValue).filter { !$0.isEmpty } }
        draft = parameters["draft"]?.stringValue
    }

    /// These options, and those of `model` where these say nothing.
    package func over(_ model: GenerationOptions) -> GenerationOptions {
        var result = self
        for key in Self.integers.values { result[keyPath: key] = self[keyPath: key] ?? model[keyPath: key] }
        for key in Self.floats.values { result[keyPath: key] = self[keyPath: key] ?? model[keyPath: key] }
        // Clients that always send a list of stops do not mean to take away the model's own.
        result.stop = stop?.isEmpty == false ? stop : model.stop
        result.draft = draft ?? model.draft
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
