import Chat
import Constraints
import JSON
import Templating
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite("The grammar of an answer allows what its reader takes, and nothing else", .computing)
struct AnswerGrammarTests {
    /// Those whose models call tools.
    static let calling = AnswerSyntaxes.all.filter { $0.toolCalls != nil }.map(\.name)
    static let all = AnswerSyntaxes.all.map(\.name)

    /// ASCII, and what marks have beside it.
    private static let letters = (0..<128).map { String(UnicodeScalar(UInt8($0))) } + ["｜", "▁"]
    /// A token for each letter, and one that ends a text.
    private static let tokens = Result {
        TokenTrie(
            try Vocabulary(
                tokens: letters + ["<end>"], kinds: letters.map { _ in .normal } + [.control],
                endOfGeneration: [TokenID(letters.count)]))
    }

    private func syntax(_ name: String) throws -> AnswerSyntax {
        try #require(AnswerSyntaxes.all.first { $0.name == name })
    }

    private func setting(_ syntax: AnswerSyntax, prompt: String = "") -> AnswerSetting {
        AnswerSetting(tools: DeclaredTools(AnswerExample.tools), thinking: syntax.thinking, prompt: prompt)
    }

    private func constraint(
        _ syntax: AnswerSyntax, _ setting: AnswerSetting, form: JSONValue? = nil, _ calls: AnswerDemand.Calls,
        thinks: Bool = true
    ) throws -> Constraint {
        var writer = AnswerGrammar(syntax, setting, Grammar()) { schema, _, grammar in
            grammar.embed(try Grammar(jsonSchema: schema))
        }
        let content = try form.map { writer.embed(try Grammar(jsonSchema: $0)) }
        try writer.write(AnswerDemand(content: content, calls: calls, thinks: thinks))
        return try Constraint(writer.grammar)
    }

    private func read(_ text: String, _ syntax: AnswerSyntax, _ setting: AnswerSetting) -> [OutputPart] {
        syntax.makeReader(setting).events(of: Array(text.utf8), cutAt: []).wholes()
    }

    private func thought(_ syntax: AnswerSyntax) -> String {
        syntax.thinking.first.map { "\($0.opening)\(AnswerExample.thought)\($0.closing)" } ?? ""
    }

    /// What begins content in syntaxes whose answers are messages with headers.
    private static let headers = ["Harmony": "<|channel|>final<|message|>", "Glimmer": " to=user<|message|>"]

    /// What stands between a thought and what follows it.
    private func between(_ syntax: AnswerSyntax) -> String {
        Self.headers[syntax.name] == nil ? "" : "<|start|>assistant"
    }

    /// A text that the constraint allows, drawn at random; what is free text is ended by one of `ends`.
    private func randomText(
        of constraint: Constraint, ends: [String], _ random: inout SplitMix
    ) throws -> String {
        var matcher = ConstraintMatcher(constraint, tokens: try Self.tokens.get())
        var text = ""
        while text.utf8.count < 1000 {
            let mask = try matcher.mask()
            let following = Self.letters.indices.filter { mask.contains(TokenID($0)) }
            if following.isEmpty || (matcher.isComplete && Int.random(in: 0..<4, using: &random) == 0) { break }
            let letters = following.filter { $0 >= 0x20 && $0 != 0x7F }
            var next = Self.letters[(letters.isEmpty ? following : letters).randomElement(using: &random) ?? 0]
            if following.count > 60, Bool.random(using: &random), let end = ends.randomElement(using: &random) {
                var ahead = matcher
                if (try? ahead.accept(bytes: end.utf8)) != nil { next = end }
            }
            try matcher.accept(bytes: next.utf8)
            text += next
        }
        return text
    }

    @Test("what a template would write for calls is allowed, behind a thought and without", arguments: calling)
    func written(name: String) throws {
        let syntax = try syntax(name)
        let written = try #require(syntax.toolCalls)
        let setting = setting(syntax, prompt: syntax.promptOpening ?? "")
        let constraint = try constraint(syntax, setting, .required)
        let several = written.separator != nil ? AnswerExample.calls : Array(AnswerExample.calls.prefix(1))
        let calls = several.enumerated().map { index, call in
            ToolCall(id: "call\(index)xyzw", name: call.name, arguments: call.arguments)
        }
        var text = written.text(of: calls).text
        // The prompt has begun the message of Harmony, and what follows it ends the answer.
        if syntax.name == "Harmony" {
            text = String(text.dropFirst("<|start|>assistant".count).dropLast("<|call|>".count))
        }
        let between = between(syntax)
        for text in [text] + (syntax.thinking.isEmpty ? [] : [thought(syntax) + between + text]) {
            let probe = try constraint.probe(text.utf8)
            #expect(probe.stop == nil && probe.isComplete, "\(text) at \(probe.stop ?? -1)")
        }
        #expect(try constraint.probe("Let me see.".utf8).stop != nil)
    }

    @Test("whatever is allowed where a call is wanted reads as calls of declared tools", arguments: calling)
    func randomCalls(name: String) throws {
        let syntax = try syntax(name)
        let setting = setting(syntax, prompt: syntax.promptOpening ?? "")
        var ends = ["\"", "}"]
        switch syntax.toolCalls?.arguments {
        case .elements(let element)?: ends.append(element.end)
        case .bareObject(let quote)?: ends.append(quote)
        default: break
        }
        var random = SplitMix(seed: 11)
        for choice in [AnswerDemand.Calls.required, .named("get_time")] {
            let constraint = try constraint(syntax, setting, choice, thinks: false)
            for _ in 0..<3 {
                let text = try randomText(of: constraint, ends: ends, &random)
                guard try constraint.probe(text.utf8).isComplete else { continue }
                let parts = read(text, syntax, setting)
                #expect(!parts.isEmpty, "\(text)")
                for part in parts {
                    guard case .toolCall(let call) = part else {
                        Issue.record("\(part) of \(text)")
                        continue
                    }
                    if case .named(let wanted) = choice { #expect(call.name == wanted, "\(text)") }
                    let names = call.name == "get_time" ? ["zone"] : ["city", "days"]
                    #expect(Set(call.arguments.keys) == Set(names), "\(text)")
                    if call.name == "get_weather" { #expect(call.arguments["days"]?.intValue != nil, "\(text)") }
                }
            }
        }
    }

    @Test("content of a form comes behind a thought, whole, whatever marks it holds", arguments: all)
    func forms(name: String) throws {
        let syntax = try syntax(name)
        let schema: JSONValue = [
            "type": "object", "properties": ["a": ["type": "string"]], "required": ["a"],
        ]
        var setting = setting(syntax)
        setting.contentIsWhole = true
        let constraint = try constraint(syntax, setting, form: schema, .none)
        let harmony = syntax.name == "Harmony"
        let start = Self.headers[syntax.name] ?? ""
        let marks = harmony ? [] : syntax.marks.filter { !$0.contains(where: { "\"\\\n".contains($0) }) }
        let content = #"{"a": "x \#(marks.joined(separator: " ")) y"}"#
        var texts = [start + content]
        if !syntax.thinking.isEmpty {
            texts.append(thought(syntax) + between(syntax) + start + content)
        }
        for text in texts {
            let probe = try constraint.probe(text.utf8)
            #expect(probe.stop == nil && probe.isComplete, "\(text) at \(probe.stop ?? -1)")
            #expect(read(text, syntax, setting).last == .content(content))
        }
        #expect(try constraint.probe((start + "Sure! " + content).utf8).stop != nil)
        #expect(try constraint.probe((start + content + "x").utf8).stop != nil)
    }

    @Test("a thought that the prompt has begun has to end first, and one that is not wanted is not allowed")
    func thoughts() throws {
        let syntax = AnswerSyntax.hermes
        let open = try constraint(syntax, setting(syntax, prompt: "<think>\n"), form: ["const": 1], .none)
        #expect(try open.matches("hm 1</think>\n\n1".utf8))
        #expect(try !open.matches("1".utf8))
        let without = try constraint(syntax, setting(syntax), form: ["const": 1], .none, thinks: false)
        #expect(try without.matches("1".utf8))
        #expect(try !without.matches("<think>hm</think>1".utf8))
    }

    @Test("with tools that may be called, an answer is of the form or a call")
    func optional() throws {
        let syntax = AnswerSyntax.hermes
        let both = try constraint(syntax, setting(syntax), form: ["const": 1], .optional)
        #expect(try both.matches("1".utf8))
        #expect(
            try both.matches(
                "<tool_call>\n{\"name\": \"get_time\", \"arguments\": {\"zone\": \"x\"}}\n</tool_call>".utf8))
        #expect(try !both.matches("Hello".utf8))
    }

    private func callOfHermes(_ parameters: JSONValue?, with arguments: String) throws -> Constraint.Probe {
        var function: JSONObject = ["name": "now"]
        function["parameters"] = parameters
        let setting = AnswerSetting(tools: DeclaredTools([["type": "function", "function": .object(function)]]))
        let constraint = try constraint(.hermes, setting, .required)
        return try constraint.probe("<tool_call>\n{\"name\": \"now\", \"arguments\": \(arguments)".utf8)
    }

    @Test(
        "a tool whose definition describes no parameters is called without arguments",
        arguments: [
            nil, .null, [:], ["type": "object"], ["type": "object", "properties": [:], "required": []],
            ["properties": [:], "description": "none"],
        ] as [JSONValue?])
    func withoutParameters(parameters: JSONValue?) throws {
        #expect(try callOfHermes(parameters, with: "{}}\n</tool_call>").isComplete)
        for start in ["[", "1", "\"", "null", "{\"a"] {
            #expect(try callOfHermes(parameters, with: start).stop != nil, "\(start) is allowed")
        }
    }

    @Test("arguments are an object, whether the definition says so or not")
    func argumentsWithoutType() throws {
        let one: JSONValue = ["properties": ["a": ["type": "integer"]], "required": ["a"]]
        #expect(try callOfHermes(one, with: "{\"a\": 1}}\n</tool_call>").isComplete)
        #expect(try callOfHermes(one, with: "[").stop != nil)
        let any: JSONValue = ["type": "object", "additionalProperties": [:]]
        #expect(try callOfHermes(any, with: "{\"b\": []}}\n</tool_call>").isComplete)
    }

    @Test("a model without calls refuses to be made to call")
    func withoutCalls() throws {
        let syntax = AnswerSyntax.passthrough
        #expect(throws: ChatError.callsUnsupported) { try constraint(syntax, setting(syntax), .required) }
    }
}
