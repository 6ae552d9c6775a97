/// Body of `POST /v1/completions`.
package struct CompletionRequest: Hashable, Sendable, WireDecodable {
    package static let wireName = "CompletionRequest"

    package var model: String
    /// At least one.
    package var prompts: [TextOrTokens]
    /// What follows the answer, where it is to fill a gap; empty where nothing does.
    package var suffix: String
    package var parameters: CompletionParameters
    /// Nil where nothing is said; negative for an answer without limit; 0 where only the prompt is to be told of.
    package var maxTokens: Int?
    /// Answers to each prompt that are made, of which the likeliest are told.
    package var candidateCount: Int
    /// The prompt stands before the answer.
    package var echoes: Bool
    /// How many alternatives to report with each token; nil reports no log-probabilities.
    package var logprobs: Int?
    /// The prompt goes to the model as it is, as at OpenAI; else it is asked in the model's format, as Ollama does.
    package var isRaw: Bool

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        do throws(TextOrTokens.Failure) {
            prompts = try TextOrTokens.list(fields.value("prompt"))
        } catch {
            throw .invalid(
                "prompt is to be a text, a list of texts, a list of tokens or a list of such lists, none empty")
        }
        suffix = try fields.string("suffix") ?? ""
        parameters = try CompletionParameters(fields)
        // As Ollama reads it here.
        if parameters.topP == 0 { parameters.topP = nil }
        maxTokens = try fields.integer("max_tokens")
        candidateCount = try fields.choiceCount("best_of") ?? parameters.choiceCount
        echoes = try fields.bool("echo") ?? false
        logprobs = try fields.integer("logprobs")
        let holdsTokens = prompts.contains { if case .tokens = $0 { true } else { false } }
        let raw = try fields.bool("raw")
        isRaw = raw ?? (echoes || holdsTokens)
        try check(raw: raw, holdsTokens: holdsTokens)
    }

    private func check(raw: Bool?, holdsTokens: Bool) throws(WireError) {
        if let logprobs, !(0...5).contains(logprobs) { throw .invalid("logprobs must be from 0 to 5, got \(logprobs)") }
        if maxTokens == 0, !echoes {
            throw .invalid("max_tokens must be at least 1, got 0; only with \"echo\" is there something to tell")
        }
        let count = parameters.choiceCount
        guard candidateCount >= count else {
            throw .invalid("best_of must be at least n, which is \(count), got \(candidateCount)")
        }
        guard !parameters.stream || candidateCount == count else {
            throw .invalid("best_of above n cannot be streamed: which answers are best is known at their ends")
        }
        let limit = CompletionParameters.choiceLimit
        guard prompts.count <= limit / candidateCount else {
            let field = candidateCount > count ? "best_of" : "n"
            throw .invalid(
                "prompt holds \(prompts.count) texts and \(field) is \(candidateCount); a request can have \(limit) "
                    + "answers in all")
        }
        if raw == false, echoes || holdsTokens {
            throw .invalid(
                "raw is false, but \(echoes ? "echo" : "a prompt of tokens") needs a prompt that goes to the model as it "
                    + "is; leave raw out")
        }
        if isRaw, !suffix.isEmpty {
            let field = echoes ? "echo" : holdsTokens ? "a prompt of tokens" : "raw"
            throw .invalid("suffix does not go with \(field): the model's template makes one prompt of both texts")
        }
    }
}
