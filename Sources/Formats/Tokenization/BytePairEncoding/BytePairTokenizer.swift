import GGUF
package import Tensors

extension TokenizerKind {
    /// Byte-level byte-pair encoding: GPT-2, Llama 3, Qwen, SmolLM, …
    static let bytePairEncoding = TokenizerKind(name: "gpt2") { metadata throws(TokenizationError) in
        try BytePairTokenizer(metadata)
    }
}

/// Cuts text into words and merges the bytes of each word in the order of the model's merges.
package struct BytePairTokenizer: Tokenizer {
    /// Longer words are cut: positions in a word have 32 bits.
    private static let longestWord = 1 << 30

    package let vocabulary: Vocabulary
    private let preTokenizer: PreTokenizer
    private let splitter: SpecialTokenSplitter
    private let merges: MergeTable

    init(_ metadata: GGUFMetadata) throws(TokenizationError) {
        let name = try metadata.tokenizerValue("pre", as: String.self) ?? "default"
        preTokenizer = try PreTokenizer.named(name)
        var vocabulary = try Vocabulary(
            metadata,
            defaults: Vocabulary.Defaults(
                beginningOfText: 11, endOfText: 11, addsBeginning: preTokenizer.addsBeginning,
                cleansSpaces: preTokenizer.cleansSpaces))
        vocabulary.setPieces { text, piece in ByteAlphabet.decode(text, into: &piece) }
        self.vocabulary = vocabulary
        splitter = SpecialTokenSplitter(vocabulary)
        let list = try metadata.tokenizerValue("merges", as: GGUFArray.self)
        do throws(GGUFError) {
            merges = try MergeTable(vocabulary, merges: list)
        } catch {
            throw .metadata(error)
        }
    }

    package func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
        encodeCountingWork(bytes: bytes, special).tokens
    }

    /// The tokens, and how many merges were tried and done for them.
    package func encodeCountingWork(
        bytes: UnsafeRawBufferPointer, _ special: SpecialTokens
    ) -> (tokens: [TokenID], work: Int) {
        var tokens: [TokenID] = []
        var merger = WordMerger(rules: merges)
        if special.addBoundaries, vocabulary.addsBeginning, let token = vocabulary.roles.beginningOfText {
            tokens.append(token)
        }
        for fragment in splitter.split(bytes, special) {
            switch fragment {
            case .token(let token):
                tokens.append(token)
            case .text(let range):
                ScalarText.withText(UnsafeRawBufferPointer(rebasing: bytes[range])) { text in
                    preTokenizer.split(text) { word in
                        encode(UnsafeRawBufferPointer(rebasing: text.bytes[word]), with: &merger, into: &tokens)
                    }
                }
            }
        }
        if special.addBoundaries, vocabulary.addsEnd, let token = vocabulary.roles.endOfText { tokens.append(token) }
        return (tokens, merger.work)
    }

    private func encode(
        _ word: UnsafeRawBufferPointer, with merger: inout WordMerger<MergeTable>, into tokens: inout [TokenID]
    ) {
        if preTokenizer.ignoresMerges, let token = merges.token(withBytes: word),
            !vocabulary.kind(of: token).isHidden
        {
            tokens.append(token)
            return
        }
        guard word.count <= Self.longestWord else {
            encode(UnsafeRawBufferPointer(rebasing: word[..<Self.longestWord]), with: &merger, into: &tokens)
            encode(UnsafeRawBufferPointer(rebasing: word[Self.longestWord...]), with: &merger, into: &tokens)
            return
        }
        merger.removeAll()
        for (offset, byte) in word.enumerated() {
            merger.append(MergeSymbol(start: Int32(offset), length: 1, id: merges.byteSymbols[Int(byte)]))
        }
        merger.merge(in: word)
        for symbol in merger.symbols {
            if merges.isToken(symbol.id) {
                tokens.append(symbol.id)
            } else {
                appendBytes(of: symbol, in: word, to: &tokens)
            }
        }
    }

    /// A symbol that is no token becomes the tokens of its printable bytes; the others the model does not know.
    private func appendBytes(of symbol: MergeSymbol, in word: UnsafeRawBufferPointer, to tokens: inout [TokenID]) {
        for byte in word[Int(symbol.start)..<Int(symbol.start + symbol.length)] where (0x21...0x7E).contains(byte) {
            let token = merges.byteSymbols[Int(byte)]
            if merges.isToken(token) { tokens.append(token) }
        }
    }
}
