import ArgumentParser
import JSON
import Locking
import OrderedCollections
import Tensors
import Terminal
import Tokenization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

struct PerplexityProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity", abstract: "How surprised a model is by a text.",
        discussion: """
            The text is tokenized without special tokens and cut into whole slices of --context tokens (the first of them BOS \
            where the model adds it); each is evaluated on its own. The result is the exponential of the mean of -ln p over \
            every next token.
            """)

    @Argument var model: String
    @Argument(completion: .file()) var file: String
    @Option(help: "Tokens in a slice.") var context = 512
    @Flag(help: "Count only the second half of each slice, as llama-perplexity does.") var secondHalf = false
    @OptionGroup var cache: CacheOption
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            guard (2...1 << 20).contains(context) else { throw CommandError("--context must be from 2 to 1048576") }
            let text = try InputFile.contents(of: file, limit: 1 << 30)
            let model = try LocalModel(model)
            let tokenizer = try model.tokenizer()
            let tokens = text.withUnsafeBytes { tokenizer.encode(bytes: $0, .none) }
            let slices = slices(of: tokens, tokenizer.vocabulary)
            guard !slices.isEmpty else { throw CommandError("\(file) is shorter than one slice of \(context) tokens") }
            let sequence = try model.executable(length: context, rows: 64, outputs: 64, cacheType: cache.type)
            var sum = 0.0
            var count = 0
            for (index, slice) in slices.enumerated() {
                let losses = try losses(of: slice, sequence)
                // The tokens of the second half, each predicted by the one before it.
                let counted = secondHalf ? losses.dropFirst(context / 2 - 1) : losses[...]
                sum += counted.reduce(0, +)
                count += counted.count
                if !output.json { report(index + 1, of: slices.count, exp(sum / Double(count))) }
            }
            let perplexity = exp(sum / Double(count))
            output.print(["perplexity": .number(perplexity), "tokens": .integer(count)]) {
                "perplexity \(perplexity) over \(count) tokens"
            }
        }
    }

    private func slices(of tokens: [TokenID], _ vocabulary: Vocabulary) -> [[TokenID]] {
        let start = vocabulary.addsBeginning ? vocabulary.roles.beginningOfText.map { [$0] } ?? [] : []
        let size = context - start.count
        return stride(from: 0, through: tokens.count - size, by: size).map { start + tokens[$0..<$0 + size] }
    }

    /// -ln p of every token but the first.
    private func losses(of slice: [TokenID], _ sequence: SingleSequence) throws -> [Double] {
        let losses = Locked([Double](repeating: 0, count: slice.count - 1))
        sequence.reset()
        try sequence.appendAll(slice) { index, logits in
            guard index + 1 < slice.count else { return }
            let peak = Double(logits.max() ?? 0)
            var total = 0.0
            for logit in logits { total += exp(Double(logit) - peak) }
            let loss = log(total) + peak - Double(logits[Int(slice[index + 1])])
            losses.withLock { $0[index] = loss }
        }
        return losses.withLock { $0 }
    }

    private func report(_ slice: Int, of count: Int, _ perplexity: Double) {
        Terminal.standard.writeErrorLine("slice \(slice) of \(count): perplexity so far \(perplexity)")
    }
}
