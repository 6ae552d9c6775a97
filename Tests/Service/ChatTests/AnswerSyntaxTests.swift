import Chat
import JSON
import Templating
import TestSupport
import Testing

@Suite("Every syntax reads what it writes, however it is cut", .computing)
struct AnswerSyntaxTests {
    static let syntaxes = AnswerSyntaxes.all.map(\.name)

    private func syntax(_ name: String) throws -> AnswerSyntax {
        try #require(AnswerSyntaxes.all.first { $0.name == name })
    }

    private func setting(
        _ syntax: AnswerSyntax, prompt: String, tools: [JSONValue] = AnswerExample.tools, parallel: Bool = true
    ) -> AnswerSetting {
        AnswerSetting(
            tools: DeclaredTools(tools), allowsParallelCalls: parallel, thinking: syntax.thinking, prompt: prompt)
    }

    private func meaning(_ example: AnswerExample) -> [OutputPart] {
        [example.thinking.map(OutputPart.thinking), example.content.map(OutputPart.content)].compactMap(\.self)
            + example.calls.map(OutputPart.toolCall)
    }

    @Test("names are unique, and so are those of configurations")
    func names() {
        #expect(Set(Self.syntaxes).count == AnswerSyntaxes.all.count)
        let configured = AnswerSyntaxes.all.flatMap(\.configurationNames)
        #expect(Set(configured).count == configured.count)
    }

    @Test("what may be a control token is known as a mark, so that the reader sees it", arguments: syntaxes)
    func controlTokens(name: String) throws {
        let syntax = try syntax(name)
        let marks = Set(syntax.marks)
        for token in syntax.example.text.matches(of: /<[|｜][^<>|｜]*[|｜]>|<\|[a-z_]+>|<[a-z_]+\|>|\[\/?[A-Z_]+\]/) {
            #expect(marks.contains(String(token.output)), "\(token.output)")
        }
    }

    @Test("its example means what it says, cut at every byte", arguments: syntaxes)
    func examples(name: String) throws {
        let syntax = try syntax(name)
        let example = syntax.example
        let reader = syntax.makeReader(setting(syntax, prompt: example.prompt))
        let bytes = Array(example.text.utf8)
        let whole = reader.events(of: bytes, cutAt: [])
        #expect(whole.wholes() == meaning(example))
        for cut in bytes.indices { #expect(reader.events(of: bytes, cutAt: [cut]) == whole, "\(cut)") }
        #expect(reader.events(of: bytes, cutAt: Array(bytes.indices)) == whole)
    }

    @Test("random cuts make no difference, in whole, damaged and ended answers", arguments: syntaxes)
    func randomCuts(name: String) throws {
        let syntax = try syntax(name)
        let reader = syntax.makeReader(setting(syntax, prompt: syntax.example.prompt))
        var random = SplitMix(seed: 7)
        let example = Array(syntax.example.text.utf8)
        let marks = syntax.thinking.map(\.opening) + ["{", "}", "<", "\"", "\n", "ü", "[", "]", "get_weather"]
        for round in 0..<60 {
            var bytes = example
            if round % 3 > 0 {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0...bytes.count, using: &random)
                    switch Int.random(in: 0...3, using: &random) {
                    case 0: bytes.insert(contentsOf: (marks.randomElement(using: &random) ?? "").utf8, at: place)
                    case 1: bytes.removeSubrange(place..<min(place + 3, bytes.count))
                    case 2: bytes.removeLast(bytes.count - place)
                    default: bytes.insert(contentsOf: example.prefix(place), at: place)
                    }
                }
                bytes = Array(String(decoding: bytes, as: UTF8.self).utf8)
            }
            let whole = reader.events(of: bytes, cutAt: [])
            _ = whole.wholes()
            let cuts = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }.sorted()
            let cut = reader.events(of: bytes, cutAt: cuts)
            // Identifiers that a model left out are drawn.
            #expect(cut.map(\.withoutID) == whole.map(\.withoutID), "\(cuts) \(bytes.count)")
        }
    }

    @Test("wherever an answer ends, what was told stays true", arguments: syntaxes)
    func truncated(name: String) throws {
        let syntax = try syntax(name)
        let example = syntax.example
        let bytes = Array(example.text.utf8)
        for end in bytes.indices {
            let reader = syntax.makeReader(setting(syntax, prompt: example.prompt))
            let parts = reader.events(of: Array(bytes[..<end]), cutAt: Array(0..<end)).wholes()
            let calls = parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
            #expect(example.calls.starts(with: calls), "\(end)")
        }
    }

    @Test("calls are written so that they can be read", arguments: syntaxes)
    func written(name: String) throws {
        let syntax = try syntax(name)
        guard let written = syntax.toolCalls else { return }
        let hard = ToolCall(
            id: "abcdef123", name: "get_weather",
            arguments: ["city": "Graz \"Süd\"\\ <a>\nnext", "days": 3, "more": ["x": [1, true, nil, "y"]]])
        let tools: [JSONValue] =
            AnswerExample.tools.dropFirst() + [
                [
                    "type": "function",
                    "function": [
                        "name": "get_weather",
                        "parameters": [
                            "properties": [
                                "city": ["type": "string"], "days": ["type": "integer"], "more": ["type": "object"],
                            ]
                        ],
                    ],
                ]
            ]
        let easy = ToolCall(id: "456uvwxyz", name: "get_time", arguments: ["zone": "UTC"])
        for calls in written.separator == nil ? [[hard], [easy]] : [[hard, easy], [easy, hard, easy]] {
            let text = written.text(of: calls)
            let reader = syntax.makeReader(setting(syntax, prompt: syntax.promptOpening ?? "", tools: tools))
            let read = reader.events(of: Array(text.text.utf8), cutAt: [])
            let parts = read.wholes().map(\.withoutID)
            #expect(parts == calls.map { OutputPart.toolCall($0).withoutID }, "\(text.text)")
        }
        #expect(written.text(of: [easy]).contents.map { written.text(of: [easy]).slice($0).text }.contains("get_time"))
    }

    @Test("calls of tools that the request does not have are text, whole", arguments: syntaxes)
    func undeclared(name: String) throws {
        let syntax = try syntax(name)
        let example = syntax.example
        let other: [JSONValue] = [["type": "function", "function": ["name": "other", "parameters": [:]]]]
        let parts = syntax.makeReader(setting(syntax, prompt: example.prompt, tools: other))
            .events(of: Array(example.text.utf8), cutAt: []).wholes()
        let content = parts.compactMap { if case .content(let text) = $0 { text } else { nil } }.joined()
        for call in example.calls { #expect(content.contains(call.name), "\(content)") }
        #expect(!parts.contains { if case .toolCall = $0 { true } else { false } })
    }

    @Test("of several calls only the first is told of where one is wanted", arguments: syntaxes)
    func oneCall(name: String) throws {
        let syntax = try syntax(name)
        let example = syntax.example
        let parts = syntax.makeReader(setting(syntax, prompt: example.prompt, parallel: false))
            .parts(of: [example.text])
        let second = example.calls.dropFirst().first.map(OutputPart.toolCall)
        #expect(parts == Array(meaning(example).prefix { $0 != second }))
    }

    @Test("without tools there are no calls, and thinking is told apart", arguments: syntaxes)
    func noTools(name: String) throws {
        let syntax = try syntax(name)
        let parts = syntax.makeReader(setting(syntax, prompt: syntax.example.prompt, tools: []))
            .parts(of: [syntax.example.text])
        #expect(!parts.contains { if case .toolCall = $0 { true } else { false } })
        if let thought = syntax.example.thinking { #expect(parts.first == .thinking(thought)) }
    }

    @Test("a thought that is cut ends there, and the answer goes on", arguments: syntaxes)
    func cutThought(name: String) throws {
        let syntax = try syntax(name)
        for marks in syntax.thinking {
            var reader = syntax.makeReader(setting(syntax, prompt: ""))
            var parts = reader.push(marks.opening + "Let me think")
            #expect(reader.region == .thinking)
            parts += reader.push(marks.cutting)
            #expect(reader.region == .content)
            parts += reader.push("Answer.") + reader.finish()
            #expect(parts.joined.map(\.trimmed) == [.thinking("Let me think"), .content("Answer.")])
        }
    }
}

extension OutputPart {
    var withoutID: OutputPart {
        switch self {
        case .toolCallStart(_, let name): return .toolCallStart(id: nil, name: name)
        case .toolCall(let call): return .toolCall(ToolCall(name: call.name, arguments: call.arguments))
        default: return self
        }
    }

    fileprivate var trimmed: OutputPart {
        guard case .thinking(let text) = self else { return self }
        return .thinking(String(text.prefix(while: { $0 != "\n" })))
    }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
