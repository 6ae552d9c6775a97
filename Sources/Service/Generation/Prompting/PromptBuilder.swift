import Chat
import Inference
import ModelLibrary
import Templating
import Tensors
import Tokenization

/// A request as the engine takes it.
struct BuiltPrompt: Sendable {
    var tokens: [TokenID]
    var answer = PromptedAnswer.plain
    /// Texts that end the answer, beside those of the request.
    var stops: [String] = []
    /// Nil where nothing was left out.
    var cut: PromptCut?
}

/// Turns a request into tokens: writes it in the model's format, drops what does not fit, tokenizes.
struct PromptBuilder: Sendable {
    let model: RunningModel
    let stored: StoredModel
    let request: GenerationRequest
    let options: GenerationOptions
    let preference: TemplatePreference
    /// Tokens that a prompt can have, with room for one token of an answer.
    let promptLimit: Int

    /// - Throws: `GenerationError`, or `CancellationError`.
    func build() throws -> BuiltPrompt {
        switch request.input {
        case .raw(let text):
            return try build(.literal(text))
        case .tokens(let tokens):
            for token in tokens where !model.tokenizer.vocabulary.contains(token) {
                throw GenerationError.promptFailed("the prompt holds \(token), which is no token of the model")
            }
            return try build(tokens)
        case .infill(let prefix, let suffix):
            let format = try format()
            guard format.capabilities.contains(.insert) else { throw unsupported("insert") }
            return try build(infill(prefix, suffix, format))
        case .conversation(let conversation):
            let format = try format()
            var conversation = assemble(conversation)
            if request.thinksIfAble, !format.capabilities.contains(.thinking) { conversation.think = nil }
            return try build(conversation, format)
        case .prompt(let text, let system, let images, let think):
            var messages: [Message] = []
            if let system = system ?? stored.system, !system.isEmpty {
                messages.append(Message(role: "system", content: system))
            }
            if request.context.isEmpty { messages += ownMessages }
            messages.append(Message(role: "user", content: text, images: images))
            let conversation = Conversation(messages: messages, think: think)
            let format = try format()
            guard format.isGuessed, messages.count == 1 else { return try build(conversation, format) }
            try check(conversation, format)
            return try build(.content(text))
        }
    }

    /// A text that goes to the model as it is.
    private func build(_ text: MarkedText) throws -> BuiltPrompt {
        try build(encode(text))
    }

    private func build(_ tokens: [TokenID]) throws -> BuiltPrompt {
        let fitted = try fit(tokens)
        return BuiltPrompt(tokens: fitted.tokens, cut: cut(messages: 0, tokens: fitted.dropped))
    }

    // MARK: Conversations

    private var ownMessages: [Message] { stored.messages.map { Message(role: $0.role, content: $0.content) } }

    /// The model's messages go first, and its system prompt before them unless the conversation begins with its own.
    private func assemble(_ conversation: Conversation) -> Conversation {
        var result = conversation
        result.messages = ownMessages + conversation.messages
        if let system = stored.system, !system.isEmpty, conversation.messages.first?.isSystem != true {
            result.messages.insert(Message(role: "system", content: system), at: 0)
        }
        return result
    }

    private func build(_ conversation: Conversation, _ format: any ChatFormat) throws -> BuiltPrompt {
        try check(conversation, format)
        let kept = try truncate(conversation, format)
        let fitted = try fit(kept.tokens) { try frame(of: kept.conversation, $0, format) }
        let dropped = conversation.messages.count - kept.conversation.messages.count
        return BuiltPrompt(
            tokens: fitted.tokens,
            answer: PromptedAnswer(format, kept.conversation, prompt: kept.prompt.text, form: request.form),
            stops: format.stops, cut: cut(messages: dropped, tokens: fitted.dropped))
    }

    private func cut(messages: Int, tokens: Int) -> PromptCut? {
        messages == 0 && tokens == 0 ? nil : PromptCut(messages: messages, tokens: tokens)
    }

    private func check(_ conversation: Conversation, _ format: any ChatFormat) throws(GenerationError) {
        guard conversation.messages.allSatisfy({ $0.images.isEmpty }) else {
            throw .imagesUnsupported(model: stored.name.description)
        }
        if !conversation.tools.isEmpty, !format.capabilities.contains(.tools) { throw unsupported("tools") }
        if conversation.think?.isOn == true, !format.capabilities.contains(.thinking) { throw unsupported("thinking") }
    }

    /// Drops the oldest messages until the prompt fits the context.
    private func truncate(
        _ conversation: Conversation, _ format: any ChatFormat
    ) throws -> PromptTruncation.Result<[TokenID]> {
        do {
            return try PromptTruncation.fit(
                conversation, limit: request.truncates ? promptLimit : .max, format: format,
                tokenize: encode)
        } catch let error as ChatError {
            throw failure(error)
        }
    }

    /// How many tokens of a prompt stand before and after what the last message says: system texts and the template's own.
    /// Nil where that cannot be told.
    private func frame(of conversation: Conversation, _ tokens: [TokenID], _ format: any ChatFormat) throws -> Frame? {
        guard request.context.isEmpty, let last = conversation.messages.indices.last else { return nil }
        // A template may refuse the last message without what comes before it.
        for var empty in [PromptTruncation.dropping(last, from: conversation), conversation] {
            try Task.checkCancellation()
            empty.messages[empty.messages.count - 1].content = ""
            guard let prompt = try? format.render(empty) else { continue }
            let others = encode(prompt)
            let before = zip(tokens, others).prefix { $0 == $1 }.count
            let after = zip(tokens.reversed(), others.dropFirst(before).reversed()).prefix { $0 == $1 }.count
            return Frame(before: before, after: after)
        }
        return nil
    }

    private struct Frame {
        var before: Int
        var after: Int
    }

    // MARK: Tokens

    /// Tokens of an earlier answer go before the text; they have the beginning of text already.
    private func encode(_ text: MarkedText) -> [TokenID] {
        let special = SpecialTokens(addBoundaries: request.context.isEmpty, parse: true, contents: text.contents)
        return request.context + model.tokenizer.encode(text.text, special)
    }

    /// Cuts what is longer than the engine can take: the first tokens stay, then the newest, so that there is room for half a
    /// context of answer.
    /// - Parameter findFrame: tells what has to stay at least.
    /// - Throws: `promptTooLong` also where that does not fit.
    private func fit(
        _ tokens: [TokenID], findFrame: ([TokenID]) throws -> Frame? = { _ in nil }
    ) throws -> (tokens: [TokenID], dropped: Int) {
        guard !tokens.isEmpty else { throw GenerationError.promptFailed("the prompt is empty; write something") }
        guard request.context.allSatisfy(model.tokenizer.vocabulary.contains) else {
            throw GenerationError.promptFailed(
                "\"context\" holds tokens that the model does not have; send it as it was received")
        }
        let limit = promptLimit
        guard tokens.count > limit else { return (tokens, 0) }
        let context = limit + 1
        let mayCut = request.shifts && request.promptReport == nil
        let frame = mayCut ? try findFrame(tokens) : nil
        guard mayCut, frame.map({ $0.before + 2 * max($0.after, 1) <= context }) ?? true else {
            throw GenerationError.promptTooLong(tokens: tokens.count, limit: limit)
        }
        let hasBeginning = model.tokenizer.vocabulary.addsBeginning ? 1 : 0
        let wanted =
            options.keptTokens < 0
            ? tokens.count : options.keptTokens.addingReportingOverflow(hasBeginning).partialValue
        let kept = max(min(max(wanted, 0), max(limit - 4, 0)), frame?.before ?? 0)
        let total = context - max((context - kept) / 2, 1)
        return (Array(tokens[..<kept]) + tokens.suffix(total - kept), tokens.count - total)
    }

    // MARK: Formats

    private func format() throws(GenerationError) -> any ChatFormat {
        if let template = request.template {
            do {
                return try model.chatFormat(
                    ChatFormatSource(template: template, hints: AnswerHints(stored), preference: .go))
            } catch {
                guard case .templateUnusable(let reason) = error else { throw error }
                throw .promptFailed(reason)
            }
        }
        return try model.chatFormat(
            ChatFormatSource(template: stored.template, hints: AnswerHints(stored), preference: preference))
    }

    private func unsupported(_ capability: String) -> GenerationError {
        .unsupportedCapability(model: stored.name.description, capability: capability)
    }

    private func infill(
        _ prefix: String, _ suffix: String, _ format: any ChatFormat
    ) throws -> MarkedText {
        do throws(ChatError) {
            return try format.renderInfill(prefix: prefix, suffix: suffix)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: ChatError) -> any Error {
        error == .cancelled ? CancellationError() : GenerationError.promptFailed(error.description)
    }
}
