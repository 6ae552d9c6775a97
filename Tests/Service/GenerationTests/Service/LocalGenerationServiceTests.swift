import Chat
import Generation
import JSON
import Locking
import ModelLibrary
import Options
import OrderedCollections
import ScriptedBackend
import Tensors
import Testing

@Suite("The local service answers requests")
struct LocalGenerationServiceTests {
    struct Answer: Sendable {
        var content = ""
        var thinking = ""
        var prompt: [PromptToken] = []
        var probabilities: [TokenLogProbability] = []
        var summary: GenerationSummary?
    }

    /// A service with one model, `m`.
    struct Setup {
        let store = TestStore()
        let loader: TestLoader
        let service: LocalGenerationService

        init(
            settings: GenerationSettings = GenerationSettings(), format: TestFormat = TestFormat(),
            unreadable: String? = nil, system: String? = nil, parameters: String? = nil, messages: String? = nil,
            answer: @escaping @Sendable (String) -> [TokenID] = { _ in TestLoader.saying("{hm}Hello.") }
        ) throws {
            loader = TestLoader(settings, format: format, unreadable: unreadable, answer: answer)
            service = LocalGenerationService(store: store.store, settings: settings, loader: loader)
            try store.add("m", weights: [1], system: system, parameters: parameters, messages: messages)
        }

        func ask(_ request: GenerationRequest) async throws -> Answer {
            try await service.withGeneration(request) { stream in
                var answer = Answer()
                for try await event in stream {
                    switch event {
                    case .prompt(let tokens): answer.prompt += tokens
                    case .part(let part, let probabilities):
                        answer.probabilities += probabilities
                        switch part {
                        case .content(let text): answer.content += text
                        case .thinking(let text): answer.thinking += text
                        case .toolCallStart, .toolCallArguments, .toolCall, .toolCallAbandoned: break
                        }
                    case .finished(let summary): answer.summary = summary
                    }
                }
                return answer
            }
        }

        var prompts: [String] { loader.record.withLock { $0.prompts } }
    }

    private func request(
        _ input: GenerationRequest.Input, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) throws -> GenerationRequest {
        var request = GenerationRequest(model: try ModelName("m"), input: input)
        request.options.temperature = 0
        change(&request)
        return request
    }

    private func chat(_ messages: (String, String)..., think: ThinkSetting? = nil) -> GenerationRequest.Input {
        .conversation(Conversation(messages: messages.map { Message(role: $0.0, content: $0.1) }, think: think))
    }

    @Test("a conversation is written by the model's format and its answer read back")
    func conversation() async throws {
        let setup = try Setup()
        let answer = try await setup.ask(request(chat(("user", "hi"))))
        #expect(answer.content == "Hello.")
        #expect(answer.thinking == "hm")
        #expect(setup.prompts == ["user:hi\n|"])
        let summary = try #require(answer.summary)
        #expect(summary.reason == .stop)
        #expect(summary.promptTokens == 10)  // With the beginning of text.
        #expect(summary.generatedTokens == 11)  // With the end.
        #expect(summary.context.first == TestTokenizer.beginning)
        #expect(summary.context.count == 20)
        #expect(summary.totalDuration >= summary.loadDuration)
    }

    @Test("a model's system prompt and messages go before the conversation, unless it brings a system prompt")
    func ownMessages() async throws {
        let setup = try Setup(
            system: "Be brief.", messages: #"[{"role":"user","content":"A"},{"role":"assistant","content":"B"}]"#)
        _ = try await setup.ask(request(chat(("user", "hi"))))
        _ = try await setup.ask(request(chat(("system", "S"), ("user", "hi"))))
        _ = try await setup.ask(request(chat(("developer", "D"), ("user", "hi"))))
        _ = try await setup.ask(request(.prompt("hi", system: nil)))
        _ = try await setup.ask(request(.prompt("hi", system: "Mine.")))
        #expect(
            setup.prompts == [
                "system:Be brief.\nuser:A\nassistant:B\nuser:hi\n|",
                "user:A\nassistant:B\nsystem:S\nuser:hi\n|",
                "user:A\nassistant:B\ndeveloper:D\nuser:hi\n|",
                "system:Be brief.\nuser:A\nassistant:B\nuser:hi\n|",
                "system:Mine.\nuser:A\nassistant:B\nuser:hi\n|",
            ])
    }

    @Test("raw text goes to the model as it is, and comes back as it is")
    func raw() async throws {
        let setup = try Setup(system: "Be brief.")
        let answer = try await setup.ask(request(.raw("once|")))
        #expect(setup.prompts == ["once|"])
        #expect(answer.content == "{hm}Hello.")
    }

    @Test("marks of control tokens that users write are texts, but in raw prompts")
    func writtenMarks() async throws {
        let setup = try Setup()
        let chat = try await setup.ask(request(chat(("user", "a<eos>"))))
        #expect(chat.summary?.promptTokens == 1 + "user:a<eos>\n|".utf8.count)
        let prompt = try await setup.ask(request(.prompt("a<eos>", system: "b<eos>")))
        #expect(prompt.summary?.promptTokens == 1 + "system:b<eos>\nuser:a<eos>\n|".utf8.count)
        let raw = try await setup.ask(request(.raw("a<eos>|")))
        #expect(raw.summary?.promptTokens == 1 + 3)
    }

    @Test("context goes before the prompt, and the model's messages do not")
    func context() async throws {
        let setup = try Setup(messages: #"[{"role":"user","content":"A"}]"#)
        let first = try await setup.ask(request(.prompt("x", system: nil)))
        let tokens = try #require(first.summary).context
        #expect(tokens.count == 26)
        let second = try await setup.ask(request(.prompt("y", system: nil)) { $0.context = [128, 65, 66] })
        #expect(setup.prompts.last == "ABuser:y\n|")
        #expect(second.summary?.promptTokens == 11)
        let foreign = GenerationError.promptFailed(
            "\"context\" holds tokens that the model does not have; send it as it was received")
        for context in [[128, 900], [-5]] as [[Int32]] {
            await #expect(throws: foreign) {
                try await setup.ask(request(.prompt("y", system: nil)) { $0.context = context })
            }
        }
    }

    @Test("stop strings end the answer before themselves, those of the request instead of the model's")
    func stopStrings() async throws {
        let setup = try Setup(parameters: #"{"stop":["lo"]}"#) { _ in TestLoader.saying("Hello world") }
        let own = try await setup.ask(request(chat(("user", "hi"))))
        #expect(own.content == "Hel")
        #expect(own.summary?.reason == .stop && own.summary?.stopSequence == "lo")
        #expect(own.summary?.generatedTokens == 5)
        let asked = try await setup.ask(request(chat(("user", "hi"))) { $0.options.stop = [" w"] })
        #expect(asked.content == "Hello" && asked.summary?.stopSequence == " w")
        let free = try await setup.ask(request(chat(("user", "hi"))) { $0.options.stop = ["?"] })
        #expect(free.summary?.reason == .stop && free.summary?.stopSequence == nil)
    }

    @Test("what neither the request nor the model says is the protocol's to say")
    func defaults() async throws {
        let setup = try Setup(parameters: #"{"num_predict":3}"#) { _ in TestLoader.saying("Hello world") }
        var request = try request(chat(("user", "hi"))) { request in
            request.defaults.numPredict = 2
            request.defaults.stop = ["l"]
        }
        #expect(try await setup.ask(request).content == "He", "the model's number, the default's stop")
        request.defaults = GenerationOptions()
        #expect(try await setup.ask(request).content == "Hel")
    }

    @Test("a draft that was asked for and is not there is told by name")
    func missingDraft() async throws {
        let setup = try Setup()
        for (draft, reason) in [
            ("absent", "it was not found; pull it first, or leave \"draft\" out"),
            ("a/:b", "this is no name of a model"),
        ] {
            await #expect(throws: GenerationError.self) {
                try await setup.ask(request(chat(("user", "hi"))) { $0.options.draft = draft })
            }
            do {
                _ = try await setup.ask(request(chat(("user", "hi"))) { $0.options.draft = draft })
            } catch GenerationError.draftUnusable(let name, let words) {
                #expect(name.hasPrefix(draft))
                #expect(words == reason)
            }
        }
    }

    @Test("the format's stops end an answer beside the request's")
    func formatStops() async throws {
        let setup = try Setup(format: TestFormat(stops: ["### "])) { _ in TestLoader.saying("Hello ### User") }
        #expect(try await setup.ask(request(chat(("user", "hi")))).content == "Hello ")
        #expect(try await setup.ask(request(chat(("user", "hi"))) { $0.options.stop = ["lo"] }).content == "Hel")
        #expect(try await setup.ask(request(chat(("user", "hi"))) { $0.options.stop = ["us"] }).content == "Hello ")
    }

    @Test("a guessed format leaves a lone prompt as it is; with a system text or in a chat it writes turns")
    func guessedFormat() async throws {
        let setup = try Setup(format: TestFormat(isGuessed: true))
        let answer = try await setup.ask(request(.prompt("once|", system: nil)))
        #expect(answer.content == "{hm}Hello.")
        _ = try await setup.ask(request(.prompt("hi", system: "S")))
        _ = try await setup.ask(request(chat(("user", "hi"))))
        #expect(setup.prompts == ["once|", "system:S\nuser:hi\n|", "user:hi\n|"])
        await #expect(throws: GenerationError.self) {
            try await setup.ask(request(.prompt("x", system: nil, images: [[1]])))
        }
        await #expect(throws: GenerationError.self) {
            try await setup.ask(request(.prompt("x", system: nil, think: .on)))
        }
    }

    @Test("a template that cannot be read is the client's mistake in a request, and the model's own fault else")
    func unreadableTemplate() async throws {
        let setup = try Setup(unreadable: "unclosed action")
        await #expect(throws: GenerationError.promptFailed("unclosed action")) {
            try await setup.ask(request(chat(("user", "hi"))) { $0.template = "{{ if" })
        }
        await #expect(throws: GenerationError.templateUnusable("unclosed action")) {
            try await setup.ask(request(chat(("user", "hi"))))
        }
    }

    @Test("num_predict ends the answer; the model's own where the request says nothing")
    func numPredict() async throws {
        let setup = try Setup(parameters: #"{"num_predict":3.0}"#) { _ in TestLoader.saying("Hello world") }
        let own = try await setup.ask(request(chat(("user", "hi"))))
        #expect(own.content == "Hel")
        #expect(own.summary?.reason == .length)
        #expect(try await setup.ask(request(chat(("user", "hi"))) { $0.options.numPredict = 5 }).content == "Hello")
        #expect(
            try await setup.ask(request(chat(("user", "hi"))) { $0.options.numPredict = -1 }).content == "Hello world")
    }

    @Test("a smaller num_ctx holds for its request, and does not load the model anew")
    func smallerContext() async throws {
        let setup = try Setup(answer: { _ in Array(repeating: 65, count: 100_000) })
        for (context, generated) in [(128, 1280), (64, 640), (128, 1280)] {
            let answer = try await setup.ask(request(chat(("user", "hi"))) { $0.options.numContext = context })
            #expect(answer.summary?.generatedTokens == generated)
        }
        let long = String(repeating: "x", count: 90)
        let answer = try await setup.ask(
            request(.raw(long + "|")) {
                $0.options.numContext = 64
                $0.options.numPredict = 1
            })
        #expect(try #require(answer.summary).promptTokens < 64)
        #expect(setup.loader.record.withLock { $0.options.map(\.contextLength) } == [128])
    }

    @Test("an endless answer ends after ten contexts")
    func endless() async throws {
        let setup = try Setup { _ in [TokenID](repeating: 65, count: 100_000) }
        let answer = try await setup.ask(request(.raw("a|")) { $0.options.numContext = 64 })
        #expect(answer.content.count == 640)
        #expect(answer.summary?.reason == .length)
        let short = try await setup.ask(
            request(.raw("a|")) { request in
                request.options.numContext = 64
                request.shifts = false
            })
        #expect(short.content.count == 62)
    }

    @Test("the oldest messages are dropped until the prompt fits; system messages and the last one stay")
    func truncation() async throws {
        let setup = try Setup()
        let messages = (0..<20).map { Message(role: $0 == 3 ? "system" : "user", content: "message \($0)") }
        _ = try await setup.ask(
            request(.conversation(Conversation(messages: messages))) { $0.options.numContext = 64 })
        // 17 bytes a line of two digits: two and the system message make 17 + 17 + 18 + 2.
        #expect(setup.prompts == ["system:message 3\nuser:message 18\nuser:message 19\n|"])
    }

    @Test("a prompt that is still too long is cut, or refused where the context must not shift")
    func tooLong() async throws {
        let setup = try Setup()
        let text = String(repeating: "x", count: 200)
        let cut = try await setup.ask(request(chat(("user", text))) { $0.options.numContext = 64 })
        // Six tokens stay (the beginning of text and of the turn), half of the other 58 are free.
        #expect(cut.summary?.promptTokens == 64 - 29)
        #expect(setup.prompts.last?.hasPrefix("user:xxx") == true)
        await #expect(throws: GenerationError.promptTooLong(tokens: 208, limit: 63)) {
            try await setup.ask(
                request(chat(("user", text))) { request in
                    request.options.numContext = 64
                    request.shifts = false
                })
        }
    }

    @Test("what a model cannot do is refused")
    func capabilities() async throws {
        let setup = try Setup()
        var withTools = Conversation(messages: [Message(role: "user", content: "hi")])
        withTools.tools = [.object([:])]
        let refused: [(GenerationRequest.Input, GenerationError)] = [
            (.conversation(withTools), .unsupportedCapability(model: "m:latest", capability: "tools")),
            (chat(("user", "hi"), think: .on), .unsupportedCapability(model: "m:latest", capability: "thinking")),
            (.infill(prefix: "a", suffix: "b"), .unsupportedCapability(model: "m:latest", capability: "insert")),
            (.prompt("hi", system: nil, images: [[1]]), .imagesUnsupported(model: "m:latest")),
            (chat(("broken", "hi")), .promptFailed("no such role")),
        ]
        for (input, error) in refused {
            await #expect(throws: error) { try await setup.ask(request(input)) }
        }
        _ = try await setup.ask(request(chat(("user", "hi"), think: .off)))
        _ = try await setup.ask(request(chat(("user", "hi"), think: .on)) { $0.thinksIfAble = true })
    }

    @Test("what the format can do is done as it says")
    func thinkingAndInfill() async throws {
        let setup = try Setup(format: TestFormat(capabilities: [.thinking, .insert]))
        _ = try await setup.ask(request(chat(("user", "hi"), think: .on)))
        _ = try await setup.ask(request(.prompt("hi", system: nil, think: .off)))
        _ = try await setup.ask(request(.infill(prefix: "a", suffix: "b")))
        #expect(setup.prompts == ["think:yes\nuser:hi\n|", "user:hi\n|", "a_b|"])
    }

    @Test("control tokens are hidden, but for those that the format's parser looks for")
    func controlTokens() async throws {
        let answer: [TokenID] = [97, TestTokenizer.beginning, 98, TestTokenizer.end]
        #expect(try await Setup { _ in answer }.ask(request(chat(("user", "hi")))).content == "ab")
        let marking = try Setup(format: TestFormat(marks: ["<bos>"])) { _ in answer }
        #expect(try await marking.ask(request(chat(("user", "hi")))).content == "a<bos>b")
    }

    @Test("a template of the request replaces the model's")
    func template() async throws {
        let setup = try Setup()
        _ = try await setup.ask(request(chat(("user", "hi"))) { $0.template = "T " })
        #expect(setup.prompts == ["T user:hi\n|"])
    }

    @Test("characters that are spread over tokens come whole")
    func halfCharacters() async throws {
        let setup = try Setup { _ in [99] + TestTokenizer.halves + [TestTokenizer.halves[0], TestTokenizer.end] }
        #expect(try await setup.ask(request(.raw("x|"))).content == "cé\u{FFFD}")
    }

    @Test("log-probabilities come for every token of the answer")
    func logProbabilities() async throws {
        let setup = try Setup { _ in TestLoader.saying("{a}b") }
        let answer = try await setup.ask(request(chat(("user", "hi"))) { $0.alternatives = 2 })
        #expect(answer.probabilities.map(\.bytes) == ["{", "a", "}", "b"].map { Array($0.utf8) })
        #expect(answer.probabilities.allSatisfy { $0.alternatives.count == 2 && $0.logProbability < 0 })
    }

    @Test("leaving early ends the generation")
    func leaving() async throws {
        var settings = GenerationSettings()
        settings.parallelSequences = 1
        let setup = try Setup(settings: settings) { prompt in
            prompt == "a|" ? [TokenID](repeating: 65, count: 100_000) : TestLoader.saying("Hello.")
        }
        try await setup.service.withGeneration(request(.raw("a|"))) { stream in
            for try await _ in stream { break }
        }
        // There is room for one: the next is answered because the first has gone.
        #expect(try await setup.ask(request(.raw("b|"))).content == "Hello.")
        let executable = try #require(setup.loader.observers.withLock { $0.first })
        #expect(executable.record.rows < 1_000)
    }

    @Test("a model that is not there is not found")
    func notFound() async throws {
        let setup = try Setup()
        await #expect(throws: GenerationError.modelNotFound("absent:latest")) {
            try await setup.ask(GenerationRequest(model: ModelName("absent"), input: .raw("x")))
        }
    }

    @Test("eight conversations at once get each its own answer")
    func concurrent() async throws {
        let setup = try Setup { prompt in TestLoader.saying(String(prompt.dropLast().reversed())) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let text = String(repeating: "\(number)", count: 20 + number)
                    let answer = try await setup.ask(request(.raw(text + "|")))
                    #expect(answer.content == text)
                }
            }
            try await group.waitForAll()
        }
        #expect(setup.loader.record.withLock { $0.loads } == ["m"])
    }

    @Test("loading and unloading without a question")
    func loadAndUnload() async throws {
        let setup = try Setup()
        let name = try ModelName("m")
        _ = try await setup.service.load(name, options: GenerationOptions(), keepAlive: .forever)
        let status = try #require(await setup.service.loadedModels().first)
        #expect(status.name == name)
        #expect(status.contextLength == 1024)
        #expect(status.expires == nil)
        await setup.service.unload(name)
        #expect(await setup.service.loadedModels().isEmpty)
        await setup.service.shutDown()
        #expect(setup.loader.observers.withLock { $0.allSatisfy(\.record.isReleased) })
        await #expect(throws: GenerationError.shuttingDown) { try await setup.ask(request(.raw("x|"))) }
    }
}
