import Templating

/// What the text of a Jinja chat template says about its model.
struct JinjaTraits: Sendable {
    private(set) var capabilities: ChatCapabilities
    let syntax: AnswerSyntax
    private(set) var thinkingMarks: [ThinkingMarks]
    private(set) var thinking: ThinkingControl
    /// Writes the calls of earlier turns.
    let writesToolCalls: Bool
    /// Writes both the calls of an earlier turn and the tools' answers.
    let carriesToolTurns: Bool
    /// Tells an answer without content, which is a tool call, from one whose content is empty.
    let expectsNullContent: Bool

    private static let toolAnswerForms = [
        "tool_response", "tool_results", "ipython", "== 'tool'", "== \"tool\"", "['tool'", "[\"tool\"",
    ]

    init(_ source: String, _ hints: AnswerHints) {
        func mentions(_ text: String) -> Bool { source.mentions(text) }
        var capabilities: ChatCapabilities = []
        if mentions("tools") || mentions("tool_call") { capabilities.insert(.tools) }
        syntax = AnswerSyntaxes.choose(hints, template: source)
        let marks = AnswerSyntaxes.thinkingMarks(of: source, preferring: syntax)
        // Templates that cut the thinking out of earlier answers need not mention where it begins.
        let cutsThinking = marks.isEmpty && mentions("</think>") && !mentions("reasoning_content")
        thinkingMarks = cutsThinking ? [syntax.thinking.first { $0.opening == "<think>" } ?? .think] : marks
        if !thinkingMarks.isEmpty { capabilities.insert(.thinking) }
        self.capabilities = capabilities
        let hasSwitch = ["enable_thinking", "reasoning_effort", "thinking_budget", "thinking is defined"]
            .contains(where: mentions)
        thinking = thinkingMarks.isEmpty ? .never : hasSwitch ? .switchable : .always
        writesToolCalls = mentions("tool_calls") || mentions("assistant_tool_call")
        carriesToolTurns =
            writesToolCalls
            && Self.toolAnswerForms.contains(where: mentions)
        expectsNullContent = ["content'] is", "content\"] is", "content is"].contains { start in
            mentions("\(start) none") || mentions("\(start) not none")
        }
    }

    /// What a renderer says of itself counts, since several share a source.
    init(_ renderer: Renderer, _ hints: AnswerHints) {
        self.init(renderer.source, hints)
        capabilities = renderer.offersTools ? [.tools] : []
        thinking = renderer.thinking
        thinkingMarks = []
        guard thinking != .never else { return }
        capabilities.insert(.thinking)
        thinkingMarks = syntax.thinking.isEmpty ? [.think] : syntax.thinking
    }
}

extension String {
    /// Whether a text stands in this one.
    func mentions(_ text: String) -> Bool {
        var whole = self
        return whole.withUTF8 { !SubstringSearch(text).offsets(in: $0, limit: 1).isEmpty }
    }
}
