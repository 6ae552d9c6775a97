import Constraints
package import JSON

/// How a family of models writes its thoughts and its calls of tools.
package struct AnswerSyntax: Sendable {
    /// For the log and for tests.
    package let name: String
    /// What Ollama calls its renderers and parsers for this syntax, in configurations of models.
    package var configurationNames: [String] = []
    /// Texts that a chat template for this syntax holds: all of one of these groups.
    var templateMarks: [[String]] = []
    /// Architectures whose models write this, where no template says more.
    var families: [String] = []
    package var thinking: [ThinkingMarks] = []
    /// How calls are written; nil where the models know none.
    package var toolCalls: ToolCallSyntax?
    /// Where calls begin, and how they are read.
    var openings: [CallOpening] = []
    /// Marks that are not shown and say nothing.
    var ignored: [String] = []
    var callIDs = CallIDs.any
    /// A text that prompts end with, and that begins a call or says that none follows.
    package var promptOpening: String?
    /// What stands before an answer's content, where a prompt goes on with that.
    var contentOpening: String?
    /// What the templates call levels of thinking that have another name with us.
    var thinkingLevels: [String: String] = [:]
    /// Marks of a reader of its own, and control tokens that are parts of marks.
    var otherMarks: [String] = []
    /// Reads what the rules of `AnswerReader` cannot.
    var makeReader: (@Sendable (AnswerSetting) -> any ByteOutputParser)?
    /// Writes the grammar of answers that `AnswerGrammar` cannot: the root.
    var writeGrammar: (@Sendable (inout AnswerGrammar, AnswerDemand) throws -> Grammar.Expression)?
    package var example: AnswerExample

    /// All texts that are looked for: a reader must see these also where they are control tokens.
    package var marks: [String] {
        openings.flatMap { [$0.mark] + $0.marks } + thinking.flatMap { [$0.opening, $0.closing] } + ignored + otherMarks
    }

    /// Whether its calls may begin with a text.
    func isOpened(by tag: String) -> Bool {
        (openings.map(\.mark) + otherMarks).contains { tag.hasPrefix($0) || $0.hasPrefix(tag) }
    }

    /// A reader of an answer.
    package func makeReader(_ setting: AnswerSetting) -> any ByteOutputParser {
        if let makeReader { return makeReader(setting) }
        var rules = AnswerReader.Rules(thinking: setting.thinking, ignored: ignored)
        rules.contentIsWhole = setting.contentIsWhole
        if !setting.tools.isEmpty { rules.openings = openings }
        rules.open = setting.thinking.first { setting.prompt.endsIgnoringWhitespace(with: $0.opening) }
        rules.startsInCall = promptOpening.map { setting.prompt.endsIgnoringWhitespace(with: $0) } ?? false
        return AnswerReader(rules, setting.sink(callIDs))
    }
}

/// What a reader has to know of the request and of the template.
package struct AnswerSetting: Hashable, Sendable {
    package var tools: DeclaredTools
    package var allowsParallelCalls: Bool
    /// Whether all that follows is content once content has begun: that of a form may hold any text.
    package var contentIsWhole = false
    /// The marks of thinking that the template knows.
    var thinking: [ThinkingMarks]
    /// The prompt: the answer goes on with it.
    package var prompt: String

    package init(
        tools: DeclaredTools, allowsParallelCalls: Bool = true, thinking: [ThinkingMarks] = [], prompt: String = ""
    ) {
        self.tools = tools
        self.allowsParallelCalls = allowsParallelCalls
        self.thinking = thinking
        self.prompt = prompt
    }

    func sink(_ ids: CallIDs) -> PartSink {
        PartSink(tools: tools, allowsParallelCalls: allowsParallelCalls, callIDs: ids)
    }
}

/// What a thought stands between.
package struct ThinkingMarks: Hashable, Sendable {
    package var opening: String
    package var closing: String
    /// What ends a thought that was long enough, so that the model goes on with its answer.
    package var cutting: String
    /// Thoughts may come anywhere, not only at the beginning. That is for marks that no content holds.
    var isAnywhere = false
    /// A call ends a thought that was not closed.
    var endsWithCalls = false

    package init(
        _ opening: String, _ closing: String, cutting: String? = nil, isAnywhere: Bool = false,
        endsWithCalls: Bool = false
    ) {
        self.opening = opening
        self.closing = closing
        self.cutting = cutting ?? "\n" + closing + "\n\n"
        self.isAnywhere = isAnywhere
        self.endsWithCalls = endsWithCalls
    }

    static let think = ThinkingMarks("<think>", "</think>")
}

/// What identifies a call among those of a conversation.
enum CallIDs: Sendable {
    /// The model's own, or none.
    case any
    /// Nine letters and digits; templates of Mistral refuse all else.
    case nineCharacters

    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    func accepts(_ id: String?) -> Bool {
        switch self {
        case .any: id?.isEmpty != true
        case .nineCharacters: id.map { $0.utf8.count == 9 && $0.utf8.allSatisfy(Self.alphabet.contains) } ?? false
        }
    }

    func make() -> String? {
        switch self {
        case .any: nil
        case .nineCharacters: (0..<9).compactMap { _ in Self.alphabet.randomElement() }.text
        }
    }

    /// An identifier that the templates take in the place of one of another origin: the same for the same.
    func adapted(_ id: String) -> String {
        guard case .nineCharacters = self, !accepts(id) else { return id }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (0..<9).map { _ in
            let (rest, digit) = hash.quotientAndRemainder(dividingBy: UInt64(Self.alphabet.count))
            hash = rest
            return Self.alphabet[Int(digit)]
        }.text
    }
}

/// An answer with all that a syntax can tell apart, and what it means.
package struct AnswerExample: Sendable {
    package var text: String
    package var thinking: String?
    package var content: String?
    package var calls: [ToolCall]
    /// What the prompt ended with.
    package var prompt: String

    init(
        _ text: String, thinking: String? = thought, content: String? = reply, calls: [ToolCall] = calls,
        prompt: String = ""
    ) {
        self.text = text
        self.thinking = thinking
        self.content = content
        self.calls = calls
        self.prompt = prompt
    }

    package static let thought = "Graz, \"für\" 2 Tage?"
    package static let reply = "Let me see."
    package static let calls = [
        ToolCall(name: "get_weather", arguments: ["city": "Graz", "days": 2]),
        ToolCall(name: "get_time", arguments: ["zone": "Europe/Vienna"]),
    ]

    static func calls(ids: String...) -> [ToolCall] {
        zip(calls, ids).map { ToolCall(id: $1, name: $0.name, arguments: $0.arguments) }
    }

    /// The tools that the calls are of.
    package static let tools: [JSONValue] = [
        tool("get_weather", ["city": ["type": "string"], "days": ["type": "integer"]]),
        tool("get_time", ["zone": ["type": "string"]]),
    ]

    private static func tool(_ name: String, _ properties: JSONObject) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(name), "description": "An example.",
                "parameters": [
                    "type": "object", "properties": .object(properties),
                    "required": .array(properties.keys.map { .string($0) }),
                ],
            ],
        ]
    }
}
