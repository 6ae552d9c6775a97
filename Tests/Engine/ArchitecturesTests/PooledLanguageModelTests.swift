import Architectures
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A language model gives embeddings")
struct PooledLanguageModelTests {
    private struct Model {
        let source: ModelContents
        var pooling: UInt32?
        let architecture: String

        init(_ name: String) throws {
            source = try ModelContents(GoldenSet.kept.folder.appending(path: "\(name)/model.gguf"))
            architecture = try source.metadata.require("general.architecture", as: String.self)
        }

        func program() throws -> Program {
            var metadata = source.metadata
            metadata["\(architecture).pooling_type"] = pooling.map { .uint32($0) }
            return try ArchitectureRegistry.program(
                for: metadata, weights: source, contextLength: 256, purpose: .embeddings
            ).program
        }

        func row(of tokens: [TokenID]) throws -> [Float] {
            let program = try program()
            var runner = SequenceRunner(try ReferenceBackend().compile(program, source, .golden(program)))
            return try runner.embedding(of: tokens)
        }
    }

    @Test(
        "the last row is what the head makes another program's logits of",
        arguments: ["llama-yarn", "phi4-mini", "olmo3"])
    func last(name: String) throws {
        let model = try Model(name)
        let head = try #require(
            model.source.tensor(named: "output.weight") ?? model.source.tensor(named: "token_embd.weight"))
        #expect(head.type == .f32)
        for prompt in try Golden(in: GoldenSet.kept.folder.appending(path: name)).prompts {
            let row = try model.row(of: prompt.tokens)
            let logits = head.bytes.withUnsafeBytes { bytes in
                let weights = bytes.assumingMemoryBound(to: Float.self)
                return prompt.hf.lastLogits.indices.map { token in
                    row.indices.reduce(Float(0)) { $0 + weights[token * row.count + $1] * row[$1] }
                }
            }
            #expect(logits.largestDifference(from: prompt.hf.lastLogits) < 2e-3)
        }
    }

    @Test("the mean is that of the last rows of all beginnings, and the first is that of the shortest")
    func meanAndFirst() throws {
        var model = try Model("llama-yarn")
        let tokens: [TokenID] = [5, 17, 80, 33, 4, 99, 12]
        let rows = try tokens.indices.map { try model.row(of: Array(tokens[...$0])) }
        model.pooling = 1
        let mean = rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Float(rows.count) }
        #expect(try model.row(of: tokens).largestDifference(from: mean) < 1e-4)
        model.pooling = 2
        #expect(try model.row(of: tokens).largestDifference(from: rows[0]) < 1e-5)
        model.pooling = 3
        #expect(try model.row(of: tokens) == rows[rows.count - 1])
    }

    @Test("ranking by a language model is refused by its key")
    func ranking() throws {
        var model = try Model("llama-yarn")
        model.pooling = 4
        #expect {
            try model.program()
        } throws: {
            "\($0)".contains("llama.pooling_type")
        }
    }
}
