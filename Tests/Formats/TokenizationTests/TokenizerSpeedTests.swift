import GGUF
import SystemPackage
import Tensors
import TestSupport
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Work grows with the length of the text, whatever the text is", .computing, .serialized)
struct TokenizerSpeedTests {
    /// A megabyte where all the golden data is there and the code is optimized, less in the quick suite.
    #if DEBUG
        static let size = 30_000
    #else
        static let size = Vectors.conformance == nil ? 30_000 : 1_000_000
    #endif
    static let prose = "The runner loads a model, tokenizes 128 prompts and answers: \"it's fine\"; naïve, isn't it?\n"
    static let texts: [(name: String, unit: String)] = [
        ("prose", prose), ("one word", "a"), ("one mixed word", "internationalization"), ("spaces", " "),
        ("spaced letters", "a "), ("emoji", "😀"), ("line ends", "\n"), ("digits", "7"), ("apostrophes", "'"),
        ("combining marks", "a\u{301}"), ("Chinese", "语言模型"), ("a control token's beginning", "<|"),
    ]

    private func tokenizer(_ name: String) throws -> any Tokenizer {
        let path = "tokenizers/\(name)/ggml-vocab-\(name).gguf"
        let whole = Vectors.conformance?.appending(path: path).path ?? ""
        let file = FileManager.default.fileExists(atPath: whole) ? whole : Vectors.directory.appending(path: path).path
        return try TokenizerFactory.make(GGUFFile(contentsOf: FilePath(file)).metadata)
    }

    private func work(_ tokenizer: any Tokenizer, _ bytes: [UInt8]) throws -> (tokens: [TokenID], work: Int) {
        let special = SpecialTokens(addBoundaries: false, parse: true)
        return try bytes.withUnsafeBytes {
            switch tokenizer {
            case let tokenizer as BytePairTokenizer: tokenizer.encodeCountingWork(bytes: $0, special)
            case let tokenizer as SentencePieceTokenizer: tokenizer.encodeCountingWork(bytes: $0, special)
            case let tokenizer as UnigramTokenizer: tokenizer.encodeCountingWork(bytes: $0, special)
            default: try #require(tokenizer as? WordPieceTokenizer).encodeCountingWork(bytes: $0, special)
            }
        }
    }

    @Test(
        "ten times the text is ten times the work",
        arguments: ["llama-bpe", "qwen2", "gpt-2", "llama-spm", "gemma4", "t5", "unigram-bare", "bert-bge"])
    func linear(name: String) throws {
        let tokenizer = try tokenizer(name)
        var report = "\(name), MB/s:"
        for (label, unit) in Self.texts {
            let large = Array(String(repeating: unit, count: Self.size / unit.utf8.count).utf8)
            let small = Array(String(repeating: unit, count: Self.size / 10 / unit.utf8.count).utf8)
            var result = (tokens: [TokenID](), work: 0)
            let start = processorSeconds()
            result = try work(tokenizer, large)
            let seconds = processorSeconds() - start
            #expect(try result.work <= 12 * work(tokenizer, small).work + 100, "\(name): \(label)")
            if tokenizer is BytePairTokenizer || tokenizer is SentencePieceTokenizer {
                #expect(
                    tokenizer.detokenize(result.tokens, showSpecial: true).count
                        == large.count, "\(name): \(label)")
            }
            report += " \(label) \((Double(large.count) / seconds / 1e5).rounded() / 10),"
        }
        print(report)
    }

    /// One name for each way of cutting words.
    static let preTokenizers = [
        "default", "gpt-2", "llama-bpe", "minicpm5", "jais-2", "laguna", "seed-coder", "exaone-moe", "qwen35",
        "kimi-k2",
        "falcon", "deepseek-llm", "deepseek-coder", "deepseek-v3", "spark2_5", "afmoe", "youtu", "superbpe",
        "chameleon",
        "viking", "tekken", "gpt-4o", "granite-embed-multi-97m", "mmbert", "sarvam-moe", "whitespace",
    ]

    @Test("no text takes a pre-tokenizer much longer than prose", arguments: preTokenizers)
    func words(name: String) throws {
        let isPlain = ["mmbert", "sarvam-moe", "whitespace"].contains(name)
        let file = try GGUFFile(
            bytes: Vectors.data("tokenizers/pre-tokenizers/\(isPlain ? "plain" : "bytes").gguf"))
        var metadata = file.metadata
        metadata["tokenizer.ggml.pre"] = .string(name)
        let tokenizer = try TokenizerFactory.make(metadata)
        func seconds(_ text: String) -> Double {
            let start = processorSeconds()
            _ = tokenizer.encode(text, .none)
            return processorSeconds() - start
        }
        let size = 12_000
        let prose = seconds(String(repeating: Self.prose, count: size / Self.prose.utf8.count))
        for unit in [" ", " \n", "7", "'", "a", "語", "a\u{301}", "!", "IMGIMG", "    \t", "A"] {
            let text = String(repeating: unit, count: size / unit.utf8.count)
            // What takes the square of the length takes thousands of times as long.
            #expect(seconds(text + "a") < 50 * prose + 0.1, "\(name): \(unit.debugDescription)")
        }
    }
}
