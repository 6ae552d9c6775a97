import JSON
package import Templating

/// A chat template in Jinja: that of a GGUF file, or a renderer.
package struct JinjaChatFormat: ChatFormat {
    private let template: JinjaTemplate
    /// Takes the place of `template` where tools are offered.
    private let toolTemplate: JinjaTemplate?
    private let specials: SpecialTexts
    let traits: JinjaTraits
    private let roles: TemplateRoles
    private let now: LocalTime?
    private let renderer: Renderer?

    package var capabilities: ChatCapabilities { traits.capabilities }
    package var marks: [String] { syntax.marks + thinkingMarks.flatMap { [$0.opening, $0.closing] } }
    package var syntax: AnswerSyntax { traits.syntax }
    package var thinking: ThinkingControl { traits.thinking }
    package var thinkingEnd: String? { thinkingMarks.first?.cutting }

    /// - Parameters:
    ///   - toolSource: takes the place of `source` where tools are offered.
    ///   - hints: what is known of the model's answers beside the template.
    ///   - now: what templates tell the model of the time; the present if nil.
    package init(
        template source: String, toolTemplate toolSource: String? = nil, specials: SpecialTexts,
        hints: AnswerHints = AnswerHints(), now: LocalTime? = nil
    ) throws(ChatError) {
        do {
            template = try JinjaTemplate(source)
            if let toolSource { toolTemplate = try JinjaTemplate(toolSource) } else { toolTemplate = nil }
        } catch {
            throw .template(error.description)
        }
        self.specials = specials
        self.now = now
        let sources = source + (toolSource ?? "")
        traits = JinjaTraits(sources, hints)
        roles = TemplateRoles(of: sources)
        renderer = nil
    }

    /// - Parameters:
    ///   - hints: what is known of the model's answers beside the renderer.
    ///   - now: what renderers tell the model of the time; the present if nil.
    init(
        _ renderer: Renderer, specials: SpecialTexts, hints: AnswerHints, now: LocalTime? = nil
    ) throws(ChatError) {
        do { template = try JinjaTemplate(renderer.source) } catch { throw .template(error.description) }
        toolTemplate = nil
        self.specials = specials
        self.now = now
        traits = JinjaTraits(renderer, hints)
        roles = TemplateRoles(of: renderer.source)
        self.renderer = renderer
    }

    /// It is a renderer, and no template of the model's file.
    package var isRenderer: Bool { renderer != nil }

    // MARK: Prompts

    /// A last answer with content is a beginning that the model goes on with.
    package func render(_ conversation: Conversation) throws(ChatError) -> MarkedText {
        var conversation = conversation
        conversation.messages = adaptingCalls(roles.adapted(conversation.messages))
        let written = WrittenCalls(leavesOutCalls ? syntax.toolCalls : nil, &conversation.messages)
        guard let last = conversation.messages.last, last.role == "assistant", last.toolCalls.isEmpty,
            !last.content.isEmpty, !written.isInLast, renderer?.continuesAnswers != false
        else { return specials.withoutAddedBOS(written.inserted(into: try renderTurns(conversation))) }
        conversation.messages.removeLast()
        let prompt = written.inserted(into: try renderTurns(conversation))
        return specials.withoutAddedBOS(prompt + opening(of: last, after: prompt))
    }

    /// The template offers tools, and does not write that they were called.
    private var leavesOutCalls: Bool { capabilities.contains(.tools) && !traits.writesToolCalls }

    /// Messages with calls as templates for the syntax take them.
    private func adaptingCalls(_ messages: [Message]) -> [Message] {
        let ids = syntax.callIDs
        let messages = messages.map { message in
            var message = message
            message.toolCallID = message.toolCallID.map(ids.adapted)
            for index in message.toolCalls.indices {
                message.toolCalls[index].id = message.toolCalls[index].id.map(ids.adapted)
            }
            return message
        }
        guard let written = syntax.toolCalls, written.separator == nil else { return messages }
        return MessageCollation.splittingCalls(messages)
    }

    /// The beginning of an answer; where the prompt opens the model's thinking, it is closed first.
    private func opening(of message: Message, after prompt: MarkedText) -> MarkedText {
        let content = .literal(syntax.contentOpening ?? "") + MarkedText.content(message.content)
        let open = thinkingMarks.first { prompt.text.endsIgnoringWhitespace(with: $0.opening) }
        guard let open else { return content }
        return .content(message.thinking ?? "") + .literal(open.closing + "\n\n") + content
    }

    private var thinkingMarks: [ThinkingMarks] { traits.thinkingMarks }

    /// Tries the ways in which templates want their messages, until one neither refuses the conversation nor leaves out
    /// its system text or the texts of uncommon roles.
    private func renderTurns(_ conversation: Conversation) throws(ChatError) -> MarkedText {
        var incomplete: MarkedText?
        var failure: TemplateError?
        let styles = JinjaMessageStyle.applicable(to: conversation, expectsNullContent: traits.expectsNullContent)
        var budget = conversation.budget(attempts: styles.count)
        for style in styles {
            do {
                let prompt = try run(conversation, style, &budget)
                if TemplateRoles.isComplete(prompt.text, of: conversation.messages) { return prompt }
                incomplete = incomplete ?? prompt
            } catch {
                if error.kind == .cancelled { throw .cancelled }
                failure = failure ?? error
                if error.kind == .limit { break }
            }
        }
        if let incomplete { return incomplete }
        throw .template(failure?.description ?? "chat template: no messages to write")
    }

    private func run(
        _ conversation: Conversation, _ style: JinjaMessageStyle, _ budget: inout TemplateBudget
    ) throws(TemplateError) -> MarkedText {
        let hasTools = !conversation.tools.isEmpty
        var contents: JSONObject = ["messages": .array(style.messages(of: conversation))]
        if hasTools { contents["tools"] = .array(conversation.tools) }
        var variables: JSONObject = [
            "add_generation_prompt": true,
            "bos_token": .string(specials.bos ?? ""),
            "eos_token": .string(specials.eos ?? ""),
        ]
        if let renderer { variables.merge(renderer.variables) { $1 } }
        if let think = effectiveThink(conversation.think) {
            variables["enable_thinking"] = .bool(think.isOn)
            variables["thinking"] = .bool(think.isOn)
            if !think.isOn { variables["thinking_budget"] = 0 }
            if case .level(let level) = think {
                contents["reasoning_effort"] = .string(syntax.thinkingLevels[level] ?? level)
            }
        }
        return try (hasTools ? toolTemplate ?? template : template)
            .render(variables, contents: contents, now: now, budget: &budget)
    }

    // MARK: Answers

    /// Thinking is told apart even where it was not asked for: not every model can be kept from it.
    package func answerSetting(for conversation: Conversation, prompt: String) -> AnswerSetting {
        conversation.setting(thinking: thinkingMarks, prompt: prompt)
    }
}
