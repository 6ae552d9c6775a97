import Chat
import Inference
import ModelLibrary
import Tensors
import Tokenization

/// A request as the engine takes it.
struct BuiltPrompt: Sendable {
    var tokens: [TokenID]
    /// Reads the answer back.
    var parser: any OutputParser
    /// What the parser looks for.
    var marks: [String] = []
}

/// Turns a request into tokens: writes it in the model's format, drops what does not fit, tokenizes.
struct PromptBuilder: Sendable {
    let model: RunningModel
    let stored: StoredModel
    let request: GenerationRequest
    let options: GenerationOptions
    let preference: TemplatePreference
    /// Tokens that prompt and answer may have; at most the model's.
    let contextLength: Int

    func build() throws(GenerationError) -> BuiltPrompt {
        switch request.input {
        case .raw(let text):
            return BuiltPrompt(tokens: try fit(encode(text)), parser: PlainTextParser())
        case .infill(let prefix, let suffix):
            let format = try format()
            guard format.capabilities.contains(.insert) else { throw unsupported("insert") }
            return BuiltPrompt(
                tokens: try fit(encode(try infill(prefix, suffix, format))), parser: PlainTextParser())
        case .conversation(let conversation):
            return try build(assemble(conversation))
        case .prompt(let text, let system, let images, let think):
            var messages: [Message] = []
            if let system = system ?? stored.system, !system.isEmpty {
                messages.append(Message(role: "system", content: system))
            }
            if request.context.isEmpty { messages += ownMessages }
            messages.append(Message(role: "user", content: text, images: images))
            return try build(Conversation(messages: messages, think: think))
        }
    }

    // MARK: Conversations

    private var ownMessages: [Message] { stored.messages.map { Message(role: $0.role, content: $0.content) } }

    /// The model's messages go first, and its system prompt before them unless the conversation begins with its own.
    private func assemble(_ conversation: Conversation) -> Conversation {
        var result = conversation
        result.messages = ownMessages + conversation.messages
        if let system = stored.system, !system.isEmpty, conversation.messages.first?.role != "system" {
            result.messages.insert(Message(role: "system", content: system), at: 0)
        }
        return result
    }

    private func build(_ conversation: Conversation) throws(GenerationError) -> BuiltPrompt {
        guard conversation.messages.allSatisfy({ $0.images.isEmpty }) else {
            throw .imagesUnsupported(model: stored.name.description)
        }
        let format = try format()
        if !conversation.tools.isEmpty, !format.capabilities.contains(.tools) { throw unsupported("tools") }
        if conversation.think?.isOn == true, !format.capabilities.contains(.thinking) { throw unsupported("thinking") }
        let kept = try truncate(conversation, format)
        return BuiltPrompt(
            tokens: try fit(kept.tokens), parser: format.makeParser(for: kept.conversation, prompt: kept.prompt),
            marks: format.marks)
    }

    /// Drops the oldest messages until the prompt fits the context.
    private func truncate(
        _ conversation: Conversation, _ format: any ChatFormat
    ) throws(GenerationError) -> PromptTruncation.Result<[TokenID]> {
        do {
            return try PromptTruncation.fit(
                conversation, limit: request.truncates ? contextLength : .max, format: format, tokenize: encode)
        } catch {
            throw .promptFailed("\(error)")
        }
    }

    // MARK: Tokens

    /// Tokens of an earlier answer go before the text; they have the beginning of text already.
    private func encode(_ text: String) -> [TokenID] {
        request.context
            + model.tokenizer.encode(text, SpecialTokens(addBoundaries: request.context.isEmpty, parse: true))
    }

    /// Cuts what is longer than the engine can take: the first tokens stay, then the newest, so that there is room for half a
    /// context of answer.
    private func fit(_ tokens: [TokenID]) throws(GenerationError) -> [TokenID] {
        guard !tokens.isEmpty else { throw .promptFailed("the prompt is empty; write something") }
        guard request.context.allSatisfy(model.tokenizer.vocabulary.contains) else {
            throw .promptFailed("\"context\" holds tokens that the model does not have; send it as it was received")
        }
        let limit = min(model.engine.promptLimit, contextLength - 1)
        guard tokens.count > limit else { return tokens }
        guard request.shifts else { throw .promptTooLong(tokens: tokens.count, limit: limit) }
        let context = limit + 1
        let hasBeginning = model.tokenizer.vocabulary.addsBeginning ? 1 : 0
        let wanted =
            options.keptTokens < 0
            ? tokens.count : options.keptTokens.addingReportingOverflow(hasBeginning).partialValue
        let kept = min(max(wanted, 0), max(limit - 4, 0))
        let total = context - max((context - kept) / 2, 1)
        return Array(tokens[..<kept]) + tokens.suffix(total - kept)
    }

    // MARK: Formats

    private func format() throws(GenerationError) -> any ChatFormat {
        if let template = request.template {
            return try model.chatFormat(ChatFormatSource(template: template, preference: .go))
        }
        return try model.chatFormat(ChatFormatSource(template: stored.template, preference: preference))
    }

    private func unsupported(_ capability: String) -> GenerationError {
        .unsupportedCapability(model: stored.name.description, capability: capability)
    }

    private func infill(
        _ prefix: String, _ suffix: String, _ format: any ChatFormat
    ) throws(GenerationError) -> String {
        do throws(ChatError) {
            return try format.renderInfill(prefix: prefix, suffix: suffix)
        } catch {
            throw .promptFailed(error.description)
        }
    }
}
