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
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Work grows with the length of the text, whatever the text is", .serialized)
struct TokenizerSpeedTests {
    /// A megabyte where all the golden data is there, less in the quick suite.
    static let size = Vectors.conformance == nil ? 30_000 : 1_000_000
    static let prose = "The runner loads a model, tokenizes 128 prompts and answers: \"it's fine\"; naïve, isn't it?\n"
    static let texts: [(name: String, unit: String)] = [
        ("prose", prose), ("one word", "a"), ("one mixed word", "internationalization"), ("spaces", " "),
        ("spaced letters", "a "), ("emoji", "😀"), ("line ends", "\n"), ("digits", "7"), ("apostrophes", "'"),
        ("combining marks", "a\u{301}"), ("Chinese", "语言模型"), ("a control token's beginning", "<|"),
    ]

    private func tokenizer(_ name: String) throws -> any Tokenizer {
        let root = Vectors.conformance ?? Vectors.directory
        let file = try GGUFFile(
            contentsOf: FilePath(root.appending(path: "tokenizers/\(name)/ggml-vocab-\(name).gguf").path))
        return try TokenizerFactory.make(file.metadata)
    }

    private func work(_ tokenizer: any Tokenizer, _ bytes: [UInt8]) -> (tokens: [TokenID], work: Int) {
        let special = SpecialTokens(addBoundaries: false, parse: true)
        return bytes.withUnsafeBytes {
            switch tokenizer {
            case let tokenizer as BytePairTokenizer: tokenizer.encodeCountingWork(bytes: $0, special)
            case let tokenizer as SentencePieceTokenizer: tokenizer.encodeCountingWork(bytes: $0, special)
            default: ([], 0)
            }
        }
    }

    @Test("ten times the text is ten times the work", arguments: ["llama-bpe", "qwen2", "gpt-2", "llama-spm"])
    func linear(name: String) throws {
        let tokenizer = try tokenizer(name)
        var report = "\(name), MB/s:"
        for (label, unit) in Self.texts {
            let large = Array(String(repeating: unit, count: Self.size / unit.utf8.count).utf8)
            let small = Array(String(repeating: unit, count: Self.size / 10 / unit.utf8.count).utf8)
            var result = (tokens: [TokenID](), work: 0)
            let start = processorSeconds()
            result = work(tokenizer, large)
            let seconds = processorSeconds() - start
            #expect(result.work <= 12 * work(tokenizer, small).work + 100, "\(name): \(label)")
            #expect(
                tokenizer.detokenize(result.tokens, showSpecial: true).count
                    == large.count, "\(name): \(label)")
            report += " \(label) \((Double(large.count) / seconds / 1e5).rounded() / 10),"
        }
        print(report)
    }

    /// The time that this thread has had a processor.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
