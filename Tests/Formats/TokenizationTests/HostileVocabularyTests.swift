import GGUF
import Tensors
import TestSupport
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A vocabulary that makes no sense is refused, with the key that is wrong")
struct HostileVocabularyTests {
    static let models = ["gpt2", "gemma4", "llama", "t5", "bert", "whitespace"]

    /// A small vocabulary with everything that a kind of tokenizer reads.
    private func metadata(_ model: String) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string("llama")
        metadata["tokenizer.ggml.model"] = .string(model)
        metadata["tokenizer.ggml.pre"] = .string(model == "whitespace" ? model : "gpt-2")
        metadata["tokenizer.ggml.tokens"] = .array(
            GGUFArray(["<unk>", "</s>", "a", "b", "ab", "▁", "▁a", "<|im_end|>", "<0x0A>"]))
        metadata["tokenizer.ggml.token_type"] = .array(GGUFArray([Int32(2), 3, 1, 1, 1, 1, 1, 3, 6]))
        metadata["tokenizer.ggml.scores"] = .array(GGUFArray([Float(0), 0, -1, -2, -3, -4, -5, 0, 0]))
        metadata["tokenizer.ggml.merges"] = .array(GGUFArray(["a b", "▁ a"]))
        metadata["tokenizer.ggml.unknown_token_id"] = .uint32(0)
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(1)
        if model == "t5" { metadata["tokenizer.ggml.precompiled_charsmap"] = .array(GGUFArray(CompiledMap().words)) }
        return metadata
    }

    private func refusal(_ metadata: GGUFMetadata) -> String? {
        do {
            _ = try TokenizerFactory.make(metadata)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func tokens(_ texts: [[UInt8]]) -> GGUFValue { .array(GGUFArray(byteStrings: texts)) }

    @Test("the vocabulary itself is fine", arguments: models)
    func baseline(model: String) throws {
        let tokenizer = try TokenizerFactory.make(metadata(model))
        let tokens = tokenizer.encode("ab a<|im_end|>", SpecialTokens(addBoundaries: false, parse: true))
        #expect(tokens.contains(7) && tokens.count > 2)
    }

    @Test("two tokens of one text, and one of the length of a book, are refused", arguments: models)
    func tokens(model: String) throws {
        var twice = metadata(model)
        twice["tokenizer.ggml.tokens"] = tokens(
            ["<unk>", "</s>", "a", "b", "ab", "b", "c", "d", "e"].map { Array($0.utf8) })
        let message = try #require(refusal(twice))
        #expect(message.contains("tokenizer.ggml.tokens") && message.contains("3") && message.contains("5"))
        var long = metadata(model)
        long["tokenizer.ggml.tokens"] = tokens(
            (UInt8(0)..<8).map { [0x61 + $0] } + [Array(repeating: 0x61, count: 5000)])
        #expect(refusal(long)?.contains("tokenizer.ggml.tokens") == true)
    }

    @Test("empty tokens and tokens that are no text do no harm", arguments: models)
    func oddTokens(model: String) throws {
        var odd = metadata(model)
        odd["tokenizer.ggml.tokens"] = tokens([
            [], [0xFF], [0x61], [0xE2, 0x96], [], [0x80], [0xC3], [0x00], [0xF0, 0x9F],
        ])
        let tokenizer = try TokenizerFactory.make(odd)
        for bytes: [UInt8] in [[], [0xFF], [0x61, 0xE2, 0x96, 0x62], [0x80, 0x80], [0xF0, 0x9F, 0x98], [0, 0, 0]] {
            let tokens = bytes.withUnsafeBytes {
                tokenizer.encode(bytes: $0, SpecialTokens(addBoundaries: true, parse: true))
            }
            _ = tokenizer.detokenize(tokens, showSpecial: true)
        }
    }

    @Test("lists of a wrong length or type are refused", arguments: models)
    func lists(model: String) {
        for key in ["token_type", "scores", "tokens"] {
            var short = metadata(model)
            short["tokenizer.ggml.\(key)"] = .array(key == "scores" ? GGUFArray([Float(1)]) : GGUFArray([Int32(1)]))
            #expect(refusal(short) != nil, "\(key)")
            short["tokenizer.ggml.\(key)"] = .string("text")
            #expect(refusal(short)?.contains("tokenizer.ggml.\(key)") == true)
        }
    }

    @Test("byte-pair encoding without merges is refused", arguments: ["gpt2", "gemma4", "whitespace"])
    func merges(model: String) {
        var without = metadata(model)
        without["tokenizer.ggml.merges"] = nil
        #expect(refusal(without)?.contains("tokenizer.ggml.merges") == true)
        without["tokenizer.ggml.merges"] = .array(GGUFArray([Int32(1)]))
        #expect(refusal(without) != nil)
    }

    @Test("a unigram model needs finite scores", arguments: [Float.nan, .infinity, -.infinity])
    func scores(score: Float) {
        var bad = metadata("t5")
        bad["tokenizer.ggml.scores"] = .array(GGUFArray([0, 0, -1, score, -3, -4, -5, 0, 0]))
        #expect(throws: TokenizationError.badScore(token: 3)) { try TokenizerFactory.make(bad) }
    }

    @Test("a map of characters that leads out of itself, or makes text much longer, is refused")
    func characterMap() {
        func refusal(_ bytes: [UInt8]) -> String? {
            var metadata = metadata("t5")
            metadata["tokenizer.ggml.precompiled_charsmap"] = .array(GGUFArray(bytes.map(Int32.init)))
            return self.refusal(metadata)
        }
        let map = CompiledMap()
        #expect(refusal(map.bytes) == nil)
        #expect(refusal(Array(map.bytes.prefix(3)))?.contains("precompiled_charsmap") == true)
        #expect(refusal(map.bytes.dropLast(3))?.contains("precompiled_charsmap") == true)
        #expect(refusal(map.bytes.dropLast(1))?.contains("a text lies outside") == true)
        #expect(refusal(map.with { $0.claimedBytes = .max }.bytes)?.contains("longer than the map") == true)
        #expect(refusal(map.with { $0.nodes[0] = 9999 << 10 }.bytes)?.contains("outside of its array") == true)
        #expect(refusal(map.with { $0.nodes[0x141] = 0xFFFF << 10 | 1 << 8 | 0x41 }.bytes)?.contains("outside") == true)
        #expect(refusal(map.with { $0.nodes[512] = 1 << 31 | 99 }.bytes)?.contains("a text lies outside") == true)
        let long = map.with { $0.texts = Array(repeating: 0x61, count: 33) + [0] }
        #expect(refusal(long.bytes)?.contains("1 bytes become 33") == true)
    }

    @Test("a map of characters that goes in circles ends")
    func circle() throws {
        var metadata = metadata("t5")
        // The children of the node for `A` are those of the root.
        let map = CompiledMap().with { $0.nodes[0x141] = 0x41 << 10 | 0x41 }
        metadata["tokenizer.ggml.precompiled_charsmap"] = .array(GGUFArray(map.words))
        let tokenizer = try TokenizerFactory.make(metadata)
        #expect(tokenizer.encode(String(repeating: "A", count: 10_000), .none) == [0])
    }

    @Test("Ollama's way of writing the map of characters is read, and no other text")
    func base64() throws {
        let file = try GGUFFile(bytes: Vectors.data("tokenizers/t5/ggml-vocab-t5.gguf"))
        var metadata = file.metadata
        let plain = try TokenizerFactory.make(metadata)
        let bytes = try metadata.require("tokenizer.ggml.precompiled_charsmap", as: [UInt8].self)
        let letters = Data(bytes).base64EncodedString().map { String($0) }
        metadata["tokenizer.ggml.precompiled_charsmap"] = .array(GGUFArray(letters))
        let tokenizer = try TokenizerFactory.make(metadata)
        for text in ["ＡＢＣ１２３ ﬁne", "①②③ ㍿ ½", "e\u{301}"] {
            #expect(tokenizer.encode(text, .none) == plain.encode(text, .none))
        }
        for odd in [["?"], ["A"], ["A", "=", "=", "="], ["A", "=", "A", "A"]] {
            metadata["tokenizer.ggml.precompiled_charsmap"] = .array(GGUFArray(odd))
            #expect(refusal(metadata)?.contains("it is no base64") == true)
        }
    }

    @Test("a bit flipped anywhere in a vocabulary file leaves an error or a working tokenizer", arguments: models)
    func bitFlips(model: String) throws {
        var writer = GGUFWriter()
        writer.metadata = metadata(model)
        writer.metadata["tokenizer.ggml.precompiled_charsmap"] = nil
        let whole = try writer.bytes()
        var worked = 0
        for bit in stride(from: 0, to: whole.count * 8, by: 3) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << (bit % 8)
            guard let file = try? GGUFFile(bytes: damaged), let tokenizer = try? TokenizerFactory.make(file.metadata)
            else { continue }
            let tokens = tokenizer.encode("ab<|im_end|>ba\n", SpecialTokens(addBoundaries: true, parse: true))
            _ = tokenizer.detokenize(tokens, showSpecial: true)
            worked += 1
        }
        #expect(worked > 100)
    }
}

/// Rules as SentencePiece compiles them: `A` becomes `a`.
private struct CompiledMap {
    var claimedBytes: UInt32?
    /// The root's children are from 256 on; the one for `A`, 256 ^ 0x41, points to 512, which points to the text.
    var nodes: [UInt32] = {
        var nodes = Array(repeating: UInt32(0), count: 768)
        nodes[0] = 256 << 10
        nodes[0x141] = 0x341 << 10 | 1 << 8 | 0x41
        nodes[512] = 1 << 31
        return nodes
    }()
    var texts: [UInt8] = [0x61, 0]

    func with(_ change: (inout Self) -> Void) -> Self {
        var result = self
        change(&result)
        return result
    }

    var bytes: [UInt8] {
        let numbers = [claimedBytes ?? UInt32(nodes.count * 4)] + nodes
        return numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } } + texts
    }

    /// The bytes as the numbers of an array.
    var words: [Int32] { bytes.map(Int32.init) }
}
