import APITypes
import Commands
import JSON
import OrderedCollections
import Testing

@Suite("Output of commands")
struct OutputTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    @Test("list has Ollama's columns, filtered by prefix in any case")
    func list() {
        let model = ListedModel(
            name: "SmolLM2:latest", modifiedAt: Timestamp(seconds: 1_800_000_000 - 3 * 86_400), size: 98_362_432,
            digest: "0123456789abcdef", details: ModelDetails(), capabilities: [])
        #expect(
            ModelTables.stored([model], prefix: "smol", now: now) == [
                "NAME              ID              SIZE     MODIFIED      ",
                "SmolLM2:latest    0123456789ab    98 MB    3 days ago    ",
            ])
        #expect(ModelTables.stored([model], prefix: "llama", now: now).count == 1)
    }

    @Test(
        "ps says where a model runs and until when",
        arguments: [
            (100, 0, 240, "100% CPU", "4 minutes from now"), (100, 100, -1, "100% GPU", "Stopping..."),
            (100, 52, 300 * 365 * 86_400, "48%/52% CPU/GPU", "Forever"), (100, 200, 1, "Unknown", "1 second from now"),
        ])
    func ps(size: Int, onGPU: Int, until: Int, processor: String, text: String) {
        let model = LoadedModel(
            name: "m:latest", size: size, sizeOnGPU: onGPU, digest: "0123456789abcdef", details: ModelDetails(),
            expiresAt: Timestamp(seconds: now.seconds + until), contextLength: 4096)
        let line = ModelTables.loaded([model], prefix: nil, now: now)[1]
        let columns = line.split(separator: "    ").map { $0.drop { $0 == " " } }
        #expect(columns[3] == processor)
        #expect(columns[4] == "4096")
        #expect(columns[5] == text)
    }

    @Test(
        "sizes that a server gets wrong are unknown",
        arguments: [(1, Int.min), (Int.max, Int.min), (Int.min, 5), (-5, -5), (0, 7), (5, -1)])
    func hostileSizes(size: Int, onGPU: Int) {
        let model = LoadedModel(
            name: "m", size: size, sizeOnGPU: onGPU, digest: "", details: ModelDetails(), expiresAt: .zero,
            contextLength: .max)
        #expect(ModelTables.loaded([model], prefix: nil, now: now)[1].contains(size == onGPU ? "100% GPU" : "Unknown"))
    }

    @Test("statistics hold what no server can have counted")
    func hostileStatistics() {
        var metrics = Metrics()
        metrics.totalDuration = .max
        metrics.evalCount = .max
        metrics.evalDuration = 1
        metrics.draftCount = 1
        metrics.draftAcceptedCount = .min
        let text = AnswerPrinter.statistics(metrics)
        #expect(text.contains("eval rate:            92233720368547758.07 tokens/s"))
        #expect(text.contains("draft acceptance:"))
    }

    @Test("statistics leave out what is zero")
    func statistics() {
        var metrics = Metrics()
        metrics.totalDuration = 2_500_000_000
        metrics.evalCount = 120
        metrics.evalDuration = 1_200_000_000
        #expect(
            AnswerPrinter.statistics(metrics) == """
                total duration:       2.5s
                eval count:           120 token(s)
                eval duration:        1.2s
                eval rate:            100.00 tokens/s

                """)
    }

    @Test("statistics tell how many guesses were right")
    func draftStatistics() {
        var metrics = Metrics()
        metrics.draftCount = 40
        metrics.draftAcceptedCount = 35
        #expect(
            AnswerPrinter.statistics(metrics) == """
                draft count:          40 token(s)
                draft acceptance:     87.50% (35 of 40)

                """)
    }

    @Test("statistics and tables stand numbers that no server should send")
    func absurdNumbers() {
        var metrics = Metrics()
        metrics.evalCount = .max
        metrics.evalDuration = 1
        metrics.draftCount = 1
        metrics.draftAcceptedCount = .max
        #expect(AnswerPrinter.statistics(metrics).contains("eval rate:            92233720368547758.07 tokens/s\n"))
        for (size, onGPU) in [(Int.max, Int.min), (.min, .max), (0, 0), (.max, .max)] {
            let model = LoadedModel(
                name: "m", size: size, sizeOnGPU: onGPU, digest: "", details: ModelDetails(), expiresAt: now,
                contextLength: .min)
            #expect(ModelTables.loaded([model], prefix: nil, now: now).count == 2)
        }
    }

    @Test("names of a server cannot steer the terminal")
    func hostileNames() {
        let model = ListedModel(
            name: "a\u{1B}[2J\nb", modifiedAt: now, size: 1, digest: "\u{9B}31m", details: ModelDetails(),
            capabilities: [])
        let line = ModelTables.stored([model], prefix: nil, now: now)[1]
        #expect(line.hasPrefix("a\u{FFFD}[2J b    \u{FFFD}31m"))
    }

    @Test("a verification says which parts are damaged and what to do")
    func verification() {
        #expect(VerificationReport.lines(of: VerifyResponse(model: "m:latest", damage: [])) == ["m:latest: ok"])
        let damage = [
            ModelDamage(part: "model", digest: "sha256:12", reason: "it is missing"),
            ModelDamage(part: "manifest", digest: "", reason: "no\u{1B}\nsuch"),
        ]
        #expect(
            VerificationReport.lines(of: VerifyResponse(model: "m:latest", damage: damage)) == [
                "m:latest: damaged", "  model sha256:12: it is missing", "  manifest: no\u{FFFD} such",
                "  remove it (apus rm m:latest), then pull or create it again",
            ])
    }

    @Test("a conversation is saved with the system text that was set last")
    func save() {
        let messages = [
            ChatMessage(role: "system", content: "A"), ChatMessage(role: "user", content: "hello"),
            ChatMessage(role: "assistant", content: "hi"), ChatMessage(role: "system", content: "B"),
        ]
        let request = CreateRequest(saving: messages, with: "m", parameters: ["seed": 1], as: "n")
        #expect(request.model == "n")
        #expect(request.from == "m")
        #expect(request.system == "B")
        #expect(request.messages.map(\.content) == ["hello", "hi"])
        #expect(request.parameters == ["seed": 1])
    }

    @Test("a prompt that was cut is told, and nothing where none was")
    func truncatedPrompt() throws {
        var metrics = Metrics()
        #expect(AnswerPrinter.warning(metrics) == nil)
        metrics.truncated = true
        #expect(try #require(AnswerPrinter.warning(metrics)).contains("num_ctx"))
    }

    @Test("show prints a section for each thing that is known")
    func show() {
        var response = ShowResponse()
        response.modelInfo = ["general.architecture": "llama", "llama.context_length": 8192]
        response.details.parameterSize = "135M"
        response.details.quantizationLevel = "Q4_1"
        response.capabilities = ["completion"]
        response.license = "Apache\n\nVersion 2\nmore"
        response.unsupported = "no such part"
        #expect(
            ModelDescription(response, verbose: false).text == """
                  Model
                      architecture      llama    
                      parameters        135M     
                      context length    8192     
                      quantization      Q4_1     

                  Cannot be run
                      no such part    

                  Capabilities
                      completion    

                  License
                      Apache       
                      Version 2    
                      ...          


                """)
    }
}
