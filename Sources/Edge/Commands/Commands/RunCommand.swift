import APIClient
import APITypes
import ArgumentParser
import JSON
import Terminal

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Ask a model, or talk with it.",
        discussion: """
            Without a prompt, and on a terminal, a conversation begins. Text on standard input is put before the prompt. \
            A model that is not stored is pulled first; a server is started where none runs.
            """)

    @Argument var model: String
    @Argument(help: "The prompt; several words are joined.") var prompt: [String] = []
    @Option(help: "How long the model stays loaded, such as 5m or -1s.") var keepalive: String?
    @Option(help: "The answer's format: json, or a JSON schema.") var format: String?
    @Option(help: "Let the model think first: true, false, high, medium, low or max.") var think: String?
    @Flag(help: "Do not show the thinking.") var hidethinking = false
    @Flag(help: "Show counts and times after the answer.") var verbose = false
    @Flag(help: "Do not wrap lines between words.") var nowordwrap = false
    @Option(help: "A smaller model of the same vocabulary that guesses ahead.") var draft: String?
    @Flag(help: "Allow a registry without TLS.") var insecure = false

    func run() async throws {
        let terminal = Terminal.standard
        let text = promptText(terminal)
        let client = try await Connection.client(startingServer: true)
        let description = try await describe(client)
        var settings = ChatSettings(model: model)
        settings.parameters = try parameters(description)
        settings.showsThinking = !hidethinking
        settings.isVerbose = verbose
        settings.wrapsWords = !nowordwrap && terminal.outputIsTerminal
        if description.capabilities.contains("embedding"), !description.capabilities.contains("completion") {
            try await embed(client, settings, text, terminal)
        } else if text.isEmpty, terminal.inputIsTerminal, terminal.outputIsTerminal {
            var session = InteractiveSession(client, settings, description, terminal)
            try await session.run()
        } else {
            try await answerOnce(client, settings, text, terminal)
        }
    }

    /// The vector of a text, by a model that makes nothing else.
    private func embed(
        _ client: OllamaClient, _ settings: ChatSettings, _ text: String, _ terminal: Terminal
    ) async throws {
        guard !text.isEmpty else { throw CommandError("\(model) makes vectors of texts; give a text as the prompt") }
        var request = EmbedRequest(model: model)
        request.input = [text]
        request.keepAlive = settings.parameters.keepAlive
        terminal.write(EmbedCommand.lines(of: try await client.embed(request)))
    }

    private func promptText(_ terminal: Terminal) -> String {
        var parts = prompt
        if !terminal.inputIsTerminal {
            let piped = String(decoding: terminal.readAll(), as: UTF8.self)
            if !piped.isEmpty { parts.insert(piped, at: 0) }
        }
        return parts.joined(separator: " ")
    }

    private func describe(_ client: OllamaClient) async throws -> ShowResponse {
        do {
            return try await client.show(ShowRequest(model: model))
        } catch let error as APIClientError where error.isNotFound {
            do {
                try await report(client.pull(PullRequest(model: model, insecure: insecure)))
            } catch let error as APIClientError {
                throw CommandError("\(error)" + (await client.hint(for: model)))
            }
            return try await client.show(ShowRequest(model: model))
        }
    }

    private func parameters(_ description: ShowResponse) throws -> InferenceParameters {
        var parameters = InferenceParameters()
        parameters.keepAlive = try keepalive.map { try GoDuration(keepAlive: $0) }
        parameters.think = try thinkValue(description)
        if let draft { parameters.options["draft"] = .string(draft) }
        if let format {
            parameters.format = format == "json" ? .string("json") : try JSONParser.parse(format)
        }
        return parameters
    }

    private func thinkValue(_ description: ShowResponse) throws -> ThinkValue? {
        switch think {
        case nil: return description.capabilities.contains("thinking") ? .bool(true) : nil
        case "true", "": return .bool(true)
        case "false": return .bool(false)
        case let level? where ThinkValue.levels.contains(level): return .level(level)
        case let other?:
            throw CommandError(
                "invalid value for --think: \"\(other)\" (must be true, false, high, medium, low, or max)")
        }
    }

    private func answerOnce(
        _ client: OllamaClient, _ settings: ChatSettings, _ text: String, _ terminal: Terminal
    ) async throws {
        Interrupt.exitsQuietly()
        var request = GenerateRequest(model: model)
        request.prompt = text
        request.parameters = settings.parameters
        var printer = AnswerPrinter(settings, terminal)
        for try await piece in try await client.generate(request) {
            printer.show(thinking: piece.thinking, content: piece.response)
            if piece.done { printer.finish(piece.metrics) }
        }
    }
}
