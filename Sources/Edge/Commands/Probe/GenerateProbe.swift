import ArgumentParser
import JSON
import Locking
import OrderedCollections
import Tensors

struct GenerateProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Go on from token ids, always with the likeliest.")

    @Argument var model: String
    @Option(help: "Ids with commas between them.") var tokens: TokenList
    @Option(help: "How many tokens to generate.") var count = 32
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            guard count > 0, count < 1 << 20 else { throw CommandError("--count must be from 1 to 1048575") }
            let sequence = try LocalModel(model).executable(length: tokens.tokens.count + count)
            var next = try tokens.checked(vocabularySize: sequence.vocabularySize)
            var generated: [TokenID] = []
            for _ in 0..<count {
                try sequence.append(next)
                let best = Locked<TokenID>(0)
                sequence.withLastLogits { logits in
                    let token = TokenID(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
                    best.withLock { $0 = token }
                }
                next = [best.withLock { $0 }]
                generated += next
            }
            output.print(["tokens": generated.json]) { generated.text }
        }
    }
}
