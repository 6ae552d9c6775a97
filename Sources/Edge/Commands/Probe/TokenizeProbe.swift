import ArgumentParser
import JSON
import OrderedCollections
import Terminal
import Tokenization

struct TokenizeProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Turn text (--text, --file, or standard input) into token ids.")

    @Argument var model: String
    @Option var text: String?
    @Option(completion: .file()) var file: String?
    @Flag(name: .customLong("no-special"), help: "Read special tokens in the text as text, and add none.")
    var noSpecial = false
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            let tokenizer = try LocalModel(model).tokenizer()
            let special: SpecialTokens = noSpecial ? .none : SpecialTokens(addBoundaries: true, parse: true)
            let tokens = try input().withUnsafeBytes { tokenizer.encode(bytes: $0, special) }
            output.print(["tokens": tokens.json]) { tokens.text }
        }
    }

    private func input() throws -> [UInt8] {
        if let text { return Array(text.utf8) }
        guard let file else { return Terminal.standard.readAll() }
        return try InputFile.contents(of: file)
    }
}

struct DetokenizeProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detokenize", abstract: "Turn token ids into text.")

    @Argument var model: String
    @Option(help: "Ids with commas between them.") var tokens: TokenList
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            let tokenizer = try LocalModel(model).tokenizer()
            let ids = try tokens.checked(vocabularySize: tokenizer.vocabulary.count)
            let text = String(decoding: tokenizer.detokenize(ids, showSpecial: true), as: UTF8.self)
            output.print(["text": .string(text)]) { text }
        }
    }
}
