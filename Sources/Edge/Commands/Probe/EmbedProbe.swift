import Architectures
import ArgumentParser
import Compute
import Generation
import JSON
import OrderedCollections
import Tokenization

struct EmbedProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Turn text into the vector that an embedding model makes of it.",
        discussion: """
            The text is one batch, with the tokens that the model wants before and behind it. Vectors are of length 1 unless \
            --raw; a model that does not pool gives one for each token, and a model that ranks gives a score.
            """)

    @Argument var model: String
    @Option var text: String
    @Flag(help: "Leave vectors as long as the model makes them.") var raw = false
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            let model = try LocalModel(model)
            let program = try model.program()
            guard program.program.meaning != .logits else {
                throw CommandError("\(self.model) is not an encoder: it continues text and makes no vectors")
            }
            let tokens = try model.tokenizer().encode(text, SpecialTokens(addBoundaries: true, parse: true))
            guard !tokens.isEmpty else { throw CommandError("the text has no tokens") }
            guard tokens.count <= program.contextLength else {
                throw CommandError("\(tokens.count) tokens are more than the model's \(program.contextLength)")
            }
            let sequence = try model.executable(
                length: tokens.count, rows: tokens.count, outputs: tokens.count, cacheType: .f32)
            let isScore = program.program.meaning == .scores
            let rows = try sequence.rows(of: tokens).map { raw || isScore ? $0 : $0.normalized }
            print(
                rows, tokenCount: tokens.count, pooling: isScore ? "rank" : program.program.pooling?.rawValue ?? "none")
        }
    }

    private func print(_ rows: [[Float]], tokenCount: Int, pooling: String) {
        let vectors = rows.map { JSONValue.array($0.map { .number(Double($0)) }) }
        let result: JSONValue = pooling == "none" ? .array(vectors) : vectors.first ?? .array([])
        output.print(["tokens": .integer(tokenCount), "pooling": .string(pooling), "embedding": result]) {
            rows.map { $0.map { "\($0)" }.joined(separator: " ") }.joined(separator: "\n")
        }
    }
}
