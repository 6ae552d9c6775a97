import CPUBackend
import Chat
import Generation
import Inference
import JSON
import ModelLibrary
import Options
import Tensors
import TestSupport
import Testing

/// A model of random weights, which would write anything.
@Suite("Answers are held to the form that is asked for")
struct AnswerFormTests {
    struct Answer: Hashable, Sendable {
        var content = ""
        var thinking = ""
        var calls: [ToolCall] = []
        var reason: GenerationSummary.Reason?
        var tokens = 0
    }

    private let store = TestStore()
    private let service: LocalGenerationService
    private static let opened = """
        {{ range .Messages }}{{ .Role }}: {{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}
        {{ end }}assistant: {{ if .Think }}<think>{{ end }}
        """
    private static let calling = """
        {{ range .Messages }}{{ .Role }}: {{ .Content }}{{ range .ToolCalls }}<tool_call>
        {"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}
        </tool_call>{{ end }}
        {{ end }}{{ if .Tools }}tools {{ end }}assistant:
        """

    init() throws {
        try store.add("tiny", weights: Array(Vectors.data("models/llama-yarn/model.gguf")))
        service = LocalGenerationService(store: store.store, loader: ModelLoader(backend: CPUBackend()))
    }

    private func ask(
        _ input: GenerationRequest.Input, form: AnswerForm?, seed: Int = 1,
        _ change: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> Answer {
        var request = GenerationRequest(model: try ModelName("tiny"), input: input)
        request.form = form
        request.options.seed = seed
        request.options.temperature = 1.5
        request.options.numPredict = 60
        request.options.numContext = 128
        change(&request)
        return try await service.withGeneration(request) { stream in
            var answer = Answer()
            for try await event in stream {
                switch event {
                case .prompt: Issue.record("nobody asked")
                case .part(.content(let text), _): answer.content += text
                case .part(.thinking(let text), _): answer.thinking += text
                case .part(.toolCall(let call), _): answer.calls.append(call)
                case .part: break
                case .finished(let summary):
                    answer.reason = summary.reason
                    answer.tokens = summary.generatedTokens
                }
            }
            return answer
        }
    }

    private func conversation(tools: [JSONValue] = [], _ choice: ToolChoice = .automatic, think: ThinkSetting? = nil)
        -> GenerationRequest.Input
    {
        var conversation = Conversation(messages: [Message(role: "user", content: "Hi")], tools: tools, think: think)
        conversation.toolChoice = choice
        conversation.allowsParallelCalls = false
        return .conversation(conversation)
    }

    @Test("whatever the model likes, with each form and each kind of input", arguments: 0..<4)
    func forms(seed: Int) async throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": ["a": ["enum": ["x", "y"]], "b": ["type": "integer", "minimum": 5, "maximum": 99]],
            "required": ["a", "b"],
        ]
        for input in [GenerationRequest.Input.raw("Hi"), .prompt("Hi", system: nil), conversation()] {
            let object = try await ask(input, form: .schema(schema), seed: seed)
            #expect(object.reason == .stop)
            let value = try JSONParser.parse(object.content)
            #expect(["x", "y"].contains(value["a"]?.stringValue) && (5...99).contains(value["b"]?.intValue ?? 0))
            let regex = try await ask(input, form: .regex("(ab|cd){3}"), seed: seed)
            #expect(regex.content.wholeMatch(of: /(ab|cd){3}/) != nil && regex.reason == .stop)
            let grammar = try await ask(input, form: .grammar(#"root ::= "<" [a-c]{2,4} ">""#), seed: seed)
            #expect(grammar.content.wholeMatch(of: /<[a-c]{2,4}>/) != nil && grammar.reason == .stop)
        }
    }

    @Test("an answer that runs out of tokens says so")
    func length() async throws {
        let answer = try await ask(.raw("Hi"), form: .regex("[a-z]{400}"))
        #expect(answer.reason == .length && answer.content.allSatisfy { $0.isLowercase })
    }

    @Test("the same answer with drafts, alone and beside others")
    func batches() async throws {
        let form = AnswerForm.regex("(one|two|three|four){8}")
        let alone = try await ask(.raw("Hi"), form: form) { $0.options.draftNumPredict = 0 }
        let drafted = try await ask(.raw("Hi"), form: form) { $0.options.draftNumPredict = 8 }
        #expect(drafted == alone)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for seed in [1, 2, 3, 1, 5, 1] { group.addTask { try await ask(.raw("Hi"), form: form, seed: seed) } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.count { $0 == alone } >= 3)
    }

    @Test("a thought stays free, is ended by its budget, and the form holds behind it")
    func thoughts() async throws {
        let answer = try await ask(conversation(think: .on), form: .schema(["const": 7])) {
            $0.template = Self.opened
            $0.options.maxThinkingTokens = 5
        }
        #expect(answer.content == "7" && !answer.thinking.isEmpty && answer.reason == .stop)
        let short = try await ask(conversation(think: .on), form: .schema(["const": 7])) {
            $0.template = Self.opened
            $0.options.maxThinkingTokens = 0
        }
        #expect(short.content == "7" && short.thinking.allSatisfy(\.isWhitespace))
        let without = try await ask(conversation(think: .off), form: .schema(["const": 7])) {
            $0.template = Self.opened
        }
        #expect(without.content == "7" && without.thinking.isEmpty)
        // Without a form, too.
        let free = try await ask(conversation(think: .on), form: nil) {
            $0.template = Self.opened
            $0.options.maxThinkingTokens = 5
        }
        #expect(!free.thinking.isEmpty && !free.content.isEmpty)
    }

    @Test("a call is made where one is wanted", arguments: 0..<4)
    func calls(seed: Int) async throws {
        let tools: [JSONValue] = ["first", "second"].map { name in
            [
                "type": "function",
                "function": [
                    "name": .string(name),
                    "parameters": [
                        "type": "object", "properties": ["n": ["type": "integer", "minimum": 0, "maximum": 9]],
                        "required": ["n"],
                    ],
                ],
            ]
        }
        for choice in [ToolChoice.required, .named("second")] {
            let answer = try await ask(conversation(tools: tools, choice), form: nil, seed: seed) {
                $0.template = Self.calling
                $0.options.numPredict = 120
            }
            #expect(answer.content.isEmpty && answer.calls.count == 1 && answer.reason == .stop, "\(answer)")
            for call in answer.calls {
                #expect((0...9).contains(call.arguments["n"]?.intValue ?? -1))
                #expect(choice == .required || call.name == "second")
            }
        }
        let either = try await ask(conversation(tools: tools), form: .schema(["const": 7]), seed: seed) {
            $0.template = Self.calling
            $0.options.numPredict = 120
        }
        #expect(either.content == "7" || (either.content.isEmpty && !either.calls.isEmpty))
    }

    @Test("what a tool's schema has beyond what can be held to is an error where the tool is strict")
    func strictTools() async throws {
        func tool(_ isStrict: JSONValue) -> JSONValue {
            let parameters: JSONValue = ["type": "object", "properties": ["n": ["type": "integer", "contains": 1]]]
            return ["type": "function", "function": ["name": "f", "strict": isStrict, "parameters": parameters]]
        }
        for isStrict in [false, nil] as [JSONValue] {
            let answer = try await ask(conversation(tools: [tool(isStrict)], .required), form: nil) {
                $0.template = Self.calling
                $0.options.numPredict = 120
            }
            #expect(answer.calls.first?.name == "f" || answer.reason == .length)
        }
        let error = await #expect(throws: GenerationError.self) {
            try await ask(conversation(tools: [tool(true)], .required), form: nil) { $0.template = Self.calling }
        }
        #expect("\(try #require(error))".contains("contains"))
    }

    @Test("a form that cannot be carried out is refused by its name, and the model goes on")
    func refusals() async throws {
        for (form, words) in [
            (AnswerForm.schema(["contains": 1]), "contains"), (.grammar("root ::= x"), "'x'"),
            (.regex("(a"), "regular"),
            (.schema(["type": "string", "enum": [1]]), "no"),
        ] {
            do {
                _ = try await ask(.raw("Hi"), form: form)
                Issue.record("it was not refused")
            } catch GenerationError.formUnusable(let reason) {
                #expect(reason.contains(words), "\(reason)")
            }
        }
        do {
            _ = try await ask(conversation(tools: [["function": ["name": "f"]]], .required), form: nil)
            Issue.record("it was not refused")
        } catch let error as GenerationError {
            #expect("\(error)".contains("tools"))
        }
        #expect(try await ask(.raw("Hi"), form: .regex("a")).content == "a")
    }
}
