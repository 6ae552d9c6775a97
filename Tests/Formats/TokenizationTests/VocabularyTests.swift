import GGUF
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite("A model file's vocabulary is checked before it is used")
struct VocabularyTests {
    /// A vocabulary with the given tokens.
    private func metadata(
        _ tokens: [String], kinds: [Int32] = [], merges: [String] = [], model: String = "gpt2"
    ) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string("llama")
        metadata["tokenizer.ggml.model"] = .string(model)
        metadata["tokenizer.ggml.pre"] = .string("gpt-2")
        metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(tokens))
        if !kinds.isEmpty { metadata["tokenizer.ggml.token_type"] = .array(GGUFArray(kinds)) }
        metadata["tokenizer.ggml.merges"] = .array(GGUFArray(merges))
        return metadata
    }

    @Test("an unknown kind or pre-tokenizer is named, with those that are known")
    func unknownNames() {
        let kinds = ["gpt2", "gemma4", "whitespace", "llama", "t5", "bert"]
        #expect(throws: TokenizationError.unsupportedTokenizer("new-kind", supported: kinds)) {
            try TokenizerFactory.make(metadata(["a"], model: "new-kind"))
        }
        var odd = metadata(["a"])
        odd["tokenizer.ggml.pre"] = .string("new-model")
        #expect {
            try TokenizerFactory.make(odd)
        } throws: { error in
            let message = "\(error)"
            return message.contains("'new-model'") && message.contains("llama-bpe")
        }
    }

    @Test("missing, empty and uneven lists are refused")
    func lists() {
        var missing = metadata(["a"])
        missing["tokenizer.ggml.tokens"] = nil
        #expect(throws: TokenizationError.emptyVocabulary) { try TokenizerFactory.make(missing) }
        #expect(throws: TokenizationError.emptyVocabulary) { try TokenizerFactory.make(metadata([])) }
        #expect(throws: TokenizationError.metadata(.missingKey("tokenizer.ggml.model"))) {
            try TokenizerFactory.make(GGUFMetadata())
        }
        #expect(throws: TokenizationError.lengthMismatch(key: "tokenizer.ggml.token_type", expected: 2, found: 1)) {
            try TokenizerFactory.make(metadata(["a", "b"], kinds: [1]))
        }
        var scores = metadata(["a"], model: "llama")
        scores["tokenizer.ggml.scores"] = .array(GGUFArray([Float(1), 2]))
        #expect(throws: TokenizationError.lengthMismatch(key: "tokenizer.ggml.scores", expected: 1, found: 2)) {
            try TokenizerFactory.make(scores)
        }
        var numbers = metadata(["a"])
        numbers["tokenizer.ggml.tokens"] = .array(GGUFArray([Int32(1)]))
        #expect(throws: TokenizationError.self) { try TokenizerFactory.make(numbers) }
    }

    @Test("roles of tokens that do not exist are no roles")
    func roles() throws {
        var metadata = metadata(["a", "b", "c"])
        metadata["tokenizer.ggml.bos_token_id"] = .uint32(3)
        metadata["tokenizer.ggml.eos_token_id"] = .uint32(2)
        metadata["tokenizer.ggml.padding_token_id"] = .int32(-1)
        metadata["tokenizer.ggml.mask_token_id"] = .uint64(.max >> 1)
        let vocabulary = try TokenizerFactory.make(metadata).vocabulary
        #expect(vocabulary.roles.beginningOfText == nil)
        #expect(vocabulary.roles.endOfText == 2)
        #expect(vocabulary.roles.padding == nil)
        #expect(vocabulary.roles.mask == nil)
        #expect(vocabulary.endOfGeneration == [2])
    }

    @Test("a token outside the vocabulary has no bytes")
    func outside() throws {
        let tokenizer = try TokenizerFactory.make(metadata(["a", "b"]))
        for token in [TokenID(-1), 2, .max, .min] {
            #expect(tokenizer.bytes(of: token, showingSpecial: true).isEmpty)
            #expect(tokenizer.vocabulary.kind(of: token) == .undefined)
            #expect(tokenizer.vocabulary.text(of: token).isEmpty)
        }
        #expect(tokenizer.detokenize([-1, 0, 9, 1], showSpecial: true) == Array("ab".utf8))
    }

    @Test("tokens that end a generation are known by their texts")
    func endOfGeneration() throws {
        let chat = try TokenizerFactory.make(metadata(["a", "<|im_end|>", "<|endoftext|>", "<end_of_turn>"]))
        #expect(chat.vocabulary.endOfGeneration == [1, 2, 3])
        #expect(chat.vocabulary.kind(of: 1) == .control)
        #expect(chat.bytes(of: 1, showingSpecial: false).isEmpty)
        let channels = try TokenizerFactory.make(metadata(["<|end|>", "<|return|>", "<|call|>"]))
        #expect(channels.vocabulary.endOfGeneration == [1, 2])
        let written = SpecialTokens(addBoundaries: false, parse: true, contents: [0..<7])
        #expect(!channels.encode("<|end|>", written).contains(0))
    }

    @Test("merges that name no token, or name nothing, do no harm")
    func oddMerges() throws {
        let odd = ["a b", "b", "", " ", "a  b", "a b", "ab c", "x y z", "日 本", "a \u{120}"]
        let tokenizer = try TokenizerFactory.make(metadata(["a", "b", "c", "ab"], merges: odd))
        #expect(tokenizer.encode("abab", .none) == [3, 3])
        // "abc" merges, but is no token: its printable bytes are.
        #expect(tokenizer.encode("abc", .none) == [0, 1, 2])
        // A byte that no token stands for is left out, as llama.cpp does.
        #expect(tokenizer.encode("a!b", .none) == [0, 1])
    }

    @Test("the longer of overlapping special tokens wins, and control tokens need parsing")
    func specialTokens() throws {
        let tokens = ["a", "b", "<", ">", "<a>", "<a>b<", "<b>"]
        let tokenizer = try TokenizerFactory.make(metadata(tokens, kinds: [1, 1, 1, 1, 3, 4, 3]))
        let parsing = SpecialTokens(addBoundaries: false, parse: true)
        #expect(tokenizer.encode("<a>", .none) == [2, 0, 3])
        #expect(tokenizer.encode("<a>", parsing) == [4])
        #expect(tokenizer.encode("<a><a>b<b>", parsing) == [4, 5, 1, 3])
        #expect(tokenizer.encode("a<a>b<b>a", .none) == [0, 5, 1, 3, 0])
        #expect(tokenizer.encode("<b>a<b>", parsing) == [6, 0, 6])
        #expect(tokenizer.encode("", parsing) == [])
    }

    @Test("of what users wrote no byte is part of a control token, and user-defined tokens are found in it")
    func contents() throws {
        let tokens = ["a", "b", "<", ">", "<a>", "<b>", "ab"]
        let tokenizer = try TokenizerFactory.make(metadata(tokens, kinds: [1, 1, 1, 1, 3, 4, 1], merges: ["a b"]))
        func encode(_ text: String, _ contents: Range<Int>...) -> [TokenID] {
            tokenizer.encode(text, SpecialTokens(addBoundaries: false, parse: true, contents: contents))
        }
        #expect(encode("<a>b<a>") == [4, 1, 4])
        #expect(encode("<a>b<a>", 0..<3) == [2, 0, 3, 1, 4])
        #expect(encode("<a>b<a>", 3..<4) == [4, 1, 4])
        #expect(encode("<a>b<a>", 4..<5) == [4, 1, 2, 0, 3])
        #expect(encode("<a>b<a>", 0..<1, 6..<7) == [2, 0, 3, 1, 2, 0, 3])
        // A run between control tokens is one, whoever wrote it: `a` and `b` merge.
        #expect(encode("<a>ab<a>", 3..<4) == [4, 6, 4])
        #expect(encode("<a><b><a>", 0..<9) == [2, 0, 3, 5, 2, 0, 3])
        #expect(encode("<a><a><a>", 0..<3, 6..<9) == [2, 0, 3, 4, 2, 0, 3])
    }

    @Test(
        "masks swallow the space before them, and Phi 3's tokens the space behind, by the names of model and tokenizer")
    func trimming() throws {
        let parsing = SpecialTokens(addBoundaries: false, parse: true)
        func encode(_ mask: String, _ change: (inout GGUFMetadata) -> Void) throws -> [TokenID] {
            var metadata = metadata(["a", "Ġ", mask], kinds: [1, 1, 3])
            change(&metadata)
            return try TokenizerFactory.make(metadata).encode("a \(mask) a", parsing)
        }
        #expect(try encode("<mask>") { _ in } == [0, 1, 2, 1, 0])
        for name in ["jina-v2-de", "jina-v2-es", "jina-v2-code"] {
            #expect(try encode("<mask>") { $0["tokenizer.ggml.pre"] = .string(name) } == [0, 2, 1, 0])
        }
        for name in ["nomic-bert-moe", "jina-bert-v3"] {
            #expect(try encode("<mask>") { $0["general.architecture"] = .string(name) } == [0, 2, 1, 0])
        }
        #expect(try encode("[MASK]") { $0["general.name"] = .string("Modern-BERT base") } == [0, 2, 1, 0])
        #expect(try encode("<|user|>") { $0["general.name"] = .string("Phi-3 mini") } == [0, 1, 2, 0])
        #expect(try encode("<|endoftext|>") { $0["general.name"] = .string("Phi3") } == [0, 1, 2, 1, 0])
    }

    @Test("letters do not merge into a control token")
    func mergedControl() throws {
        var sentencePiece = metadata(
            ["<unk>", "<s>", "</s>", "s", ">", "</s", "</"], kinds: [2, 3, 3, 1, 1, 1, 1], model: "llama")
        sentencePiece["tokenizer.ggml.scores"] = .array(GGUFArray([Float](repeating: 0, count: 7)))
        sentencePiece["tokenizer.ggml.add_space_prefix"] = .bool(false)
        let tokenizer = try TokenizerFactory.make(sentencePiece)
        let special = SpecialTokens(addBoundaries: false, parse: true, contents: [0..<4])
        #expect(!tokenizer.encode("</s>", special).contains(2))
        #expect(tokenizer.encode("</s>", SpecialTokens(addBoundaries: false, parse: true)) == [2])
    }

    @Test("many tasks at once get the tokens that one gets")
    func concurrency() async throws {
        let file = try GGUFFile(bytes: Vectors.data("tokenizers/qwen2/ggml-vocab-qwen2.gguf"))
        let tokenizer = try TokenizerFactory.make(file.metadata)
        let texts = (0..<20).map { "Hello world \($0), héllo 你好 <|im_end|> \(String(repeating: "ab ", count: $0))" }
        let special = SpecialTokens(addBoundaries: true, parse: true)
        let alone = texts.map { tokenizer.encode($0, special) }
        await withTaskGroup(of: (Int, [TokenID]).self) { group in
            for (index, text) in texts.enumerated() {
                group.addTask { (index, tokenizer.encode(text, special)) }
            }
            for await (index, tokens) in group { #expect(tokens == alone[index]) }
        }
    }
}
