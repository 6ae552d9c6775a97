import APIClient
import APITypes
import JSON
import OrderedCollections
import Terminal

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A conversation at the prompt.
struct InteractiveSession {
    let client: OllamaClient
    let terminal: Terminal
    var settings: ChatSettings
    var description: ShowResponse
    var messages: [ChatMessage]
    var keepsHistory = true
    private var history: PromptHistory
    /// The lines of a message begun by `"""`.
    private var multiline: [String]?

    init(_ client: OllamaClient, _ settings: ChatSettings, _ description: ShowResponse, _ terminal: Terminal) {
        self.client = client
        self.settings = settings
        self.description = description
        self.terminal = terminal
        messages = description.messages
        let environment = ProcessInfo.processInfo.environment
        let isOff = EnvironmentText.value(environment["OLLAMA_NOHISTORY"]).map(EnvironmentText.level) ?? 0 > 0
        history = PromptHistory(path: isOff ? nil : UserFiles.path("history"))
    }

    mutating func run() async throws {
        try await load()
        printStoredMessages()
        guard let reader = PromptReader(terminal: terminal) else { return }
        while true {
            let isContinued = multiline != nil
            let input = await reader.read(
                prompt: isContinued ? "... " : ">>> ",
                placeholder: isContinued ? "" : "Send a message (/? for help)", history: history.entries)
            switch input {
            case .ended: return
            case .interrupted(let wasEmpty):
                multiline = nil
                if wasEmpty { terminal.writeLine("\nUse Ctrl + d or /bye to exit.") }
            case .line(let line):
                guard let text = assemble(line), !text.isEmpty else { continue }
                if keepsHistory { history.add(text) }
                if let command = SlashCommand(text) {
                    guard try await perform(command) else { return }
                } else {
                    try await answer(text, reader)
                }
            }
        }
    }

    /// Joins lines between triple quotes; nil while the message is not complete.
    private mutating func assemble(_ line: String) -> String? {
        let quotes = "\"\"\""
        if var lines = multiline {
            if line.hasSuffix(quotes) {
                lines.append(String(line.dropLast(3)))
                multiline = nil
                return lines.joined(separator: "\n")
            }
            lines.append(line)
            multiline = lines
            return nil
        }
        guard line.hasPrefix(quotes) else { return line.trimmingWhitespace() }
        let rest = line.dropFirst(3)
        if rest.hasSuffix(quotes) { return String(rest.dropLast(3)) }
        multiline = rest.isEmpty ? [] : [String(rest)]
        return nil
    }

    private func load() async throws {
        var request = GenerateRequest(model: settings.model)
        request.parameters.keepAlive = settings.parameters.keepAlive
        request.parameters.options = settings.parameters.options
        for try await _ in try await client.generate(request) {}
    }

    private func printStoredMessages() {
        for message in messages {
            switch message.role {
            case "user": terminal.writeLine(">>> \(message.content)")
            case "assistant": terminal.writeLine(message.content + "\n")
            default: break
            }
        }
    }

    private mutating func answer(_ text: String, _ reader: PromptReader) async throws {
        messages.append(ChatMessage(role: "user", content: text))
        var request = ChatRequest(model: settings.model, messages: messages)
        request.parameters = settings.parameters
        let (client, settings, terminal, conversation) = (client, settings, terminal, request)
        let answer: ChatMessage?
        do {
            answer = try await reader.answering {
                try await Interrupt.cancels {
                    var printer = AnswerPrinter(settings, terminal)
                    var answer = ChatMessage(role: "assistant", content: "")
                    for try await piece in try await client.chat(conversation) {
                        printer.show(thinking: piece.message.thinking, content: piece.message.content)
                        answer.content += piece.message.content
                        answer.thinking += piece.message.thinking
                        if piece.done { printer.finish(piece.metrics) }
                    }
                    return answer
                }
            }
        } catch let error as APIClientError {
            // The conversation goes on after an answer that failed.
            terminal.writeNotice("Error: \(error)")
            messages.removeLast()
            return
        }
        if let answer {
            messages.append(answer)
        } else {
            terminal.write("\n\n")
        }
    }
}
