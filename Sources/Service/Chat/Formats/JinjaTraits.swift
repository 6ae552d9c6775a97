/// What the text of a Jinja chat template says about its model.
struct JinjaTraits: Sendable {
    let capabilities: ChatCapabilities
    let thinkingTags: (opening: String, closing: String)?
    /// What a tool call starts with.
    let toolCallTag: String
    /// Writes both the calls of an earlier turn and the tools' answers.
    let carriesToolTurns: Bool
    /// Tells an answer without content, which is a tool call, from one whose content is empty.
    let expectsNullContent: Bool

    /// The first that occurs counts.
    private static let thinkingTags = [
        ("<think>", "</think>"), ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]"),
        ("<|START_THINKING|>", "<|END_THINKING|>"),
    ]

    /// The first that occurs counts; those that contain another stand before it.
    private static let toolCallTags = [
        "<tool_call>", "<tool_calls>", "[TOOL_CALLS]", "<|tool_call_start|>", "<|tool_call|>", "<｜tool▁calls▁begin｜>",
        "<|tool_calls_section_begin|>", "<|START_ACTION|>", "<seed:tool_call>", "<|tools_prefix|>", "<function=",
    ]

    private static let toolAnswerForms = [
        "tool_response", "tool_results", "ipython", "== 'tool'", "== \"tool\"", "['tool'", "[\"tool\"",
    ]

    init(_ source: String) {
        func mentions(_ text: String) -> Bool { source.utf8.containsSequence(text.utf8) }
        var capabilities: ChatCapabilities = []
        if mentions("tools") || mentions("tool_call") { capabilities.insert(.tools) }
        thinkingTags =
            Self.thinkingTags.first { mentions($0.0) && mentions($0.1) }
            // Templates that cut the thinking out of earlier answers need not mention where it begins.
            ?? (mentions("</think>") && !mentions("reasoning_content") ? ("<think>", "</think>") : nil)
        if thinkingTags != nil { capabilities.insert(.thinking) }
        self.capabilities = capabilities
        toolCallTag = Self.toolCallTags.first(where: mentions) ?? "{"
        carriesToolTurns =
            (mentions("tool_calls") || mentions("assistant_tool_call"))
            && Self.toolAnswerForms.contains(where: mentions)
        expectsNullContent = ["content'] is", "content\"] is", "content is"].contains { start in
            mentions("\(start) none") || mentions("\(start) not none")
        }
    }
}

extension Collection<UInt8> {
    func containsSequence(_ other: some Collection<UInt8>) -> Bool {
        TagScanner([String(decoding: other, as: UTF8.self)]).firstMatch(in: Array(self)) != nil
    }
}
