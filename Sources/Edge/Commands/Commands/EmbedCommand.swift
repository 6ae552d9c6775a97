import APIClient
import APITypes
import ArgumentParser
import JSON
import Terminal

struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Turn text into vectors.",
        discussion: """
            The vector is printed as a JSON array, on a line of its own. Without a text, standard input is read: as one text, \
            or with --lines as one text a line.
            """)

    @Argument var model: String
    @Argument(help: "The text; several words are joined.") var text: [String] = []
    @Flag(help: "Each line of standard input is a text.") var lines = false
    @Option(help: "Keep so many of a vector's first elements.") var dimensions: Int?
    @Flag(help: "Refuse a text that is longer than the context, in the place of cutting it.") var noTruncate = false
    @Option(help: "How long the model stays loaded, such as 5m or -1s.") var keepalive: String?

    func run() async throws {
        let terminal = Terminal.standard
        let texts = try texts(terminal)
        let client = try await Connection.client(startingServer: true)
        var request = EmbedRequest(model: model)
        request.dimensions = dimensions
        request.truncate = !noTruncate
        request.keepAlive = try keepalive.map { try GoDuration(keepAlive: $0) }
        // A server computes a request whole; lines are printed while the next ones are computed.
        for start in stride(from: 0, to: texts.count, by: Self.textsInRequest) {
            request.input = Array(texts[start..<min(start + Self.textsInRequest, texts.count)])
            let wanted = request
            let response = try await client.hinting(at: model) { try await client.embed(wanted) }
            terminal.write(Self.lines(of: response))
        }
    }

    private static let textsInRequest = 256

    private func texts(_ terminal: Terminal) throws -> [String] {
        guard text.isEmpty else { return [text.joined(separator: " ")] }
        guard !terminal.inputIsTerminal else {
            throw CommandError("nothing to embed; give a text, or send one to standard input")
        }
        let input = String(decoding: terminal.readAll(), as: UTF8.self)
        let texts = lines ? input.split(whereSeparator: \.isNewline).map(String.init) : [input.trimmingWhitespace()]
        guard texts.contains(where: { !$0.isEmpty }) else {
            throw CommandError("standard input holds no text to embed")
        }
        return texts
    }

    /// The vectors as JSON, one a line.
    static func lines(of response: EmbedResponse) -> String {
        response.embeddings.map { JSONWriter(.go).text(of: .floats($0)) + "\n" }.joined()
    }
}
