package import Templating

/// A model's own Go template: the TEMPLATE of its Modelfile.
package struct GoChatFormat: ChatFormat {
    package let capabilities: ChatCapabilities

    private let template: GoTemplate
    /// The template for the last turn, which the model goes on with; nil where the template takes all messages at once.
    private let lastTurn: GoTemplate?
    package let syntax: AnswerSyntax
    private let thinkingMarks: [ThinkingMarks]
    private let specials: SpecialTexts
    private let roles: TemplateRoles
    /// Writes both the calls of an earlier turn and the tools' answers.
    let carriesToolTurns: Bool

    /// - Parameter hints: what is known of the model's answers beside the template.
    package init(
        template source: String, specials: SpecialTexts, hints: AnswerHints = AnswerHints()
    ) throws(ChatError) {
        var template: GoTemplate
        do { template = try GoTemplate(source) } catch { throw .template(error.message) }
        let names = template.names
        if !names.contains("messages"), !names.contains("response") { template = template.appendingResponse() }
        self.template = template
        self.specials = specials
        roles = TemplateRoles(of: source)
        lastTurn = names.contains("messages") ? nil : template.cutAfterResponse()
        syntax = Self.syntax(of: template, source, hints)
        thinkingMarks = Self.thinkingMarks(of: template, source, syntax)
        capabilities = Self.capabilities(of: template, thinkingMarks)
        carriesToolTurns =
            names.isSuperset(of: ["tools", "toolcalls"])
            && ["eq .Role \"tool\"", "tool_response", "TOOL_RESULTS"].contains { form in
                source.mentions(form)
            }
    }

    /// What the template shows a call to begin with counts, unless the model is said to write otherwise.
    private static func syntax(of template: GoTemplate, _ source: String, _ hints: AnswerHints) -> AnswerSyntax {
        let tag = template.toolCallTag
        let names = AnswerHints(parser: hints.parser, renderer: hints.renderer)
        if let named = names.configurationNames.lazy.compactMap(AnswerSyntaxes.named).first { return named }
        if let syntax = AnswerSyntaxes.matching(source), tag == "{" || syntax.isOpened(by: tag) {
            return syntax
        }
        if tag == "{", !template.names.contains("toolcalls") { return AnswerSyntaxes.choose(hints, template: source) }
        return .jsonBehind(tag)
    }

    private static func thinkingMarks(
        of template: GoTemplate, _ source: String, _ syntax: AnswerSyntax
    ) -> [ThinkingMarks] {
        if syntax.makeReader != nil {
            return AnswerSyntaxes.thinkingMarks(of: source, preferring: syntax).filter(syntax.thinking.contains)
        }
        guard let tags = template.thinkingTags else { return [] }
        let known = syntax.thinking.first { $0.opening == tags.opening && $0.closing == tags.closing }
        return [known ?? ThinkingMarks(tags.opening, tags.closing)]
    }

    private static func capabilities(of template: GoTemplate, _ thinking: [ThinkingMarks]) -> ChatCapabilities {
        let names = template.names
        var capabilities: ChatCapabilities = []
        if names.contains("tools") { capabilities.insert(.tools) }
        if names.contains("suffix") { capabilities.insert(.insert) }
        if !thinking.isEmpty { capabilities.insert(.thinking) }
        return capabilities
    }

    package var marks: [String] { syntax.marks + thinkingMarks.flatMap { [$0.opening, $0.closing] } }
    package var thinkingEnd: String? { thinkingMarks.first?.cutting }
    package var thinking: ThinkingControl {
        if thinkingMarks.isEmpty { return .never }
        return template.names.isDisjoint(with: ["think", "thinklevel", "isthinkset"]) ? .always : .switchable
    }

    // MARK: Prompts

    /// Roles that are not common are the user's where the template leaves them out.
    package func render(_ conversation: Conversation) throws(ChatError) -> MarkedText {
        let messages = MessageCollation.numberingImages(roles.adapted(conversation.messages))
        var budget = conversation.budget(attempts: 2)
        var prompt = try render(messages, of: conversation, &budget)
        let others = messages.filter(TemplateRoles.isOther)
        if !others.isEmpty, !TemplateRoles.isComplete(prompt.text, of: others) {
            prompt = try render(TemplateRoles.writingOthersAsUser(messages), of: conversation, &budget)
        }
        return specials.withoutAddedBOS(prompt)
    }

    private func render(
        _ messages: [Message], of conversation: Conversation, _ budget: inout TemplateBudget
    ) throws(ChatError) -> MarkedText {
        let system = MessageCollation.systemText(of: messages)
        let merged = MessageCollation.merged(messages)
        let think = effectiveThink(conversation.think)
        if let lastTurn { return try renderTurns(merged, lastTurn, think, &budget) }
        return try run(
            template,
            [
                "System": .content(system), "Messages": .slice(merged.map { GoValue($0) }),
                "Tools": GoValue(tools: conversation.tools), "Response": .string(""),
            ], think, &budget)
    }

    package func renderInfill(prefix: String, suffix: String) throws(ChatError) -> MarkedText {
        guard capabilities.contains(.insert) else { throw .infillUnsupported }
        let variables: [String: GoValue] = [
            "Prompt": .content(prefix), "Suffix": .content(suffix), "Response": .string(""),
        ]
        var budget = TemplateBudget(inputBytes: prefix.utf8.count + suffix.utf8.count)
        return specials.withoutAddedBOS(try run(template, variables, effectiveThink(nil), &budget))
    }

    /// A template that knows no messages is run once a turn: system text, prompt and response.
    private func renderTurns(
        _ messages: [Message], _ lastTurn: GoTemplate, _ think: ThinkSetting?, _ budget: inout TemplateBudget
    ) throws(ChatError) -> MarkedText {
        var turn = Turn()
        var output: MarkedText = ""
        for message in messages {
            switch message.role {
            case "system":
                if !turn.prompt.isEmpty || !turn.response.isEmpty {
                    output.append(try run(template, turn.variables, think, &budget))
                    turn = Turn()
                }
                turn.system = message.content
            case "user":
                if !turn.response.isEmpty {
                    output.append(try run(template, turn.variables, think, &budget))
                    turn = Turn()
                }
                turn.prompt = message.content
            case "assistant": turn.response = message.content
            default: continue
            }
        }
        return output + (try run(lastTurn, turn.variables, think, &budget))
    }

    private struct Turn {
        var system = ""
        var prompt = ""
        var response = ""

        var variables: [String: GoValue] {
            ["System": .content(system), "Prompt": .content(prompt), "Response": .content(response)]
        }
    }

    private func run(
        _ template: GoTemplate, _ variables: [String: GoValue], _ think: ThinkSetting?,
        _ budget: inout TemplateBudget
    ) throws(ChatError) -> MarkedText {
        let root = variables.merging(think.goVariables) { first, _ in first }
        do {
            return try template.render(.map(root), budget: &budget)
        } catch {
            throw error.kind == .cancelled ? .cancelled : .template(error.message)
        }
    }

    // MARK: Answers

    /// Where no thinking was asked for none is looked for, unless the syntax is made of more.
    package func answerSetting(for conversation: Conversation, prompt: String) -> AnswerSetting {
        let thinks = effectiveThink(conversation.think)?.isOn == true
        return conversation.setting(thinking: thinks ? thinkingMarks : [], prompt: prompt)
    }
}

extension Conversation {
    /// What a reader of an answer to this has to know.
    func setting(thinking: [ThinkingMarks], prompt: String) -> AnswerSetting {
        AnswerSetting(
            tools: DeclaredTools(tools), allowsParallelCalls: allowsParallelCalls, thinking: thinking, prompt: prompt)
    }
}

extension ChatFormat {
    /// A model that can think does so unless told otherwise.
    func effectiveThink(_ think: ThinkSetting?) -> ThinkSetting? {
        think ?? (capabilities.contains(.thinking) ? .on : nil)
    }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        let start = utf8.firstIndex { !$0.isWhitespace } ?? utf8.endIndex
        let end = utf8.lastIndex { !$0.isWhitespace }.map(utf8.index(after:)) ?? start
        return String(self[start..<end])
    }

    func endsIgnoringWhitespace(with ending: String) -> Bool {
        trimmed.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    }
}
