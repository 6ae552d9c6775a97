import APITypes
import Generation
import HTTPTypes
import ModelLibrary
import Options
import OrderedCollections

extension GenerationRequest {
    /// - Parameters:
    ///   - model: as the client wrote it.
    ///   - alternatives: how many to report with each token; nil reports no log-probabilities.
    /// - Throws: `APIFailure` for what is out of range or not carried out.
    init(model: String, input: Input, _ body: CompletionParameters, alternatives: Int?) throws {
        guard !model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
        var parameters = InferenceParameters()
        parameters.format = body.responseFormat
        parameters.grammar = body.grammar
        parameters.regex = body.regex
        parameters.logprobs = alternatives != nil
        parameters.topLogprobs = alternatives ?? 0
        if let stop = body.stop { parameters.options["stop"] = stop }
        try self.init(model: ModelName(requested: model), input: input, parameters: parameters)
        options.temperature = body.temperature.map { Float($0) }
        options.topP = body.topP.map { Float($0) }
        defaults.temperature = 1
        defaults.topP = 1
        options.seed = body.seed
        options.frequencyPenalty = body.frequencyPenalty.map { Float($0) }
        options.presencePenalty = body.presencePenalty.map { Float($0) }
        options.logitBias = body.logitBias
    }

    /// The same request as often as answers are wanted, with a seed for each.
    func choices(_ count: Int) -> [GenerationRequest] {
        (0..<count).map { number in
            var choice = self
            choice.options.seed = options.seed.map { $0 < 0 ? $0 : $0 &+ number }
            return choice
        }
    }
}

extension Usage {
    /// Of several answers, as many in a row to one prompt; nil where all are to one.
    init(_ summaries: [GenerationSummary], answersPerPrompt count: Int? = nil) {
        self.init(
            promptTokens: stride(from: 0, to: summaries.count, by: max(count ?? summaries.count, 1)).reduce(0) {
                $0 + summaries[$1].promptTokens
            },
            completionTokens: summaries.reduce(0) { $0 + $1.generatedTokens })
    }
}
