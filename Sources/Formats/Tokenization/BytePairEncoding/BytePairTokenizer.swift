import GGUF
package import Tensors

extension TokenizerKind {
    /// Byte-pair encoding: GPT-2, Llama 3, Qwen, SmolLM, …
    static let bytePairEncoding = TokenizerKind(name: "gpt2") { metadata throws(TokenizationError) in
        let name = try metadata.tokenizerValue("pre", as: String.self) ?? "default"
        let preTokenizer = try PreTokenizer.named(name)
        return try BytePairTokenizer(
            metadata, preTokenizer,
            defaults: Vocabulary.Defaults(beginningOfText: preTokenizer.hasBeginning ? 11 : nil, endOfText: 11))
    }

    /// That of Gemma 4, whose pre-tokenizer goes without saying.
    static let gemma4 = TokenizerKind(name: "gemma4") { metadata throws(TokenizationError) in
        try BytePairTokenizer(metadata, PreTokenizer.named("gemma4"), defaults: Vocabulary.Defaults())
    }
}

extension TokenizerKind {
    /// That of Jina's Chinese embeddings: no white space, and small letters where the model was trained so.
    static let whiteSpace = TokenizerKind(name: "whitespace") { metadata throws(TokenizationError) in
        var tokenizer = try BytePairTokenizer(
            metadata, PreTokenizer.named("whitespace"),
            defaults: Vocabulary.Defaults(beginningOfText: 11, endOfText: 11))
        tokenizer.isLowercase = try metadata.tokenizerValue("normalizer.lowercase") ?? false
        return tokenizer
    }
}

/// Cuts text into words and merges the bytes or characters of each word in the order of the model's merges.
package struct BytePairTokenizer: Tokenizer {
    /// Longer words are cut: positions in a word have 32 bits.
    private static let longestWord = 1 << 30

    package let vocabulary: Vocabulary
    private let preTokenizer: PreTokenizer
    private let splitter: SpecialTokenSplitter
    private let merges: MergeTable
    /// The tokens of bytes that are part of no other token.
    private let byteTokens: [TokenID?]
    fileprivate var isLowercase = false

    init(
        _ metadata: GGUFMetadata, _ preTokenizer: PreTokenizer, defaults: Vocabulary.Defaults
    ) throws(TokenizationError) {
        var defaults = defaults
        defaults.addsBeginning = preTokenizer.addsBeginning
        defaults.addsSeparator = preTokenizer.addsSeparator
        defaults.cleansSpaces = preTokenizer.cleansSpaces
        var vocabulary = try Vocabulary(metadata, defaults: defaults)
        if preTokenizer.alwaysAddsBeginning { vocabulary.addsBeginning = true }
        vocabulary.setPieces { text, piece in
            switch preTokenizer.spelling {
            case .bytes, .plain: ByteAlphabet.decode(text, into: &piece)
            case .spaceMarks, .spaceMarksAtLineStarts: SpaceMark.appendUnmarked(text, to: &piece)
            }
        }
        self.vocabulary = vocabulary
        self.preTokenizer = preTokenizer
        splitter = SpecialTokenSplitter(vocabulary)
        guard let list: GGUFArray = try metadata.tokenizerValue("merges") else {
            throw .metadata(.missingKey("tokenizer.ggml.merges"))
        }
        let isByteLevel = preTokenizer.spelling == .bytes
        do throws(GGUFError) {
            merges = try MergeTable(vocabulary, merges: list, isByteLevel: isByteLevel)
        } catch {
            throw .metadata(error)
        }
        byteTokens =
            isByteLevel ? merges.printableByteTokens : (UInt8.min ... .max).map { vocabulary.token(ofByte: $0) }
    }

    package func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
        encodeCountingWork(bytes: bytes, special).tokens
    }

    /// The tokens, and how many merges were tried and done for them.
    package func encodeCountingWork(
        bytes: UnsafeRawBufferPointer, _ special: SpecialTokens
    ) -> (tokens: [TokenID], work: Int) {
        var merger = WordMerger(rules: merges)
        let tokens = splitter.tokens(of: bytes, special) { run, _, tokens in
            switch preTokenizer.spelling {
            case .plain where isLowercase:
                Self.lowercase(run).withUnsafeBytes { encode(run: $0, with: &merger, into: &tokens) }
            case .bytes, .plain: encode(run: run, with: &merger, into: &tokens)
            case .spaceMarks:
                SpaceMark.marked(run).withUnsafeBytes { encode(run: $0, with: &merger, into: &tokens) }
            case .spaceMarksAtLineStarts:
                SpaceMark.markedAtLineStarts(run).withUnsafeBytes { encode(run: $0, with: &merger, into: &tokens) }
            }
        }
        return (tokens, merger.work)
    }

    private static func lowercase(_ run: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        ScalarText.withText(run) { text in
            for scalar in text.scalars {
                guard let scalar = Unicode.Scalar(ScalarMapping.lowercase(scalar)) else { continue }
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return result
    }

    private func encode(
        run: UnsafeRawBufferPointer, with merger: inout WordMerger<MergeTable>, into tokens: inout [TokenID]
    ) {
        ScalarText.withText(run) { text in
            preTokenizer.split(text) { word in
                encode(UnsafeRawBufferPointer(rebasing: text.bytes[word]), with: &merger, into: &tokens)
            }
        }
    }

    private func encode(
        _ word: UnsafeRawBufferPointer, with merger: inout WordMerger<MergeTable>, into tokens: inout [TokenID]
    ) {
        if preTokenizer.ignoresMerges || preTokenizer.joinsLineEnds && word.allSatisfy({ $0 == 0x0A }),
            let token = merges.token(withBytes: word), !vocabulary.kind(of: token).isHidden
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
        if preTokenizer.spelling == .bytes {
            for (offset, byte) in word.enumerated() {
                merger.append(MergeSymbol(start: Int32(offset), length: 1, id: merges.byteSymbols[Int(byte)]))
            }
        } else {
            appendCharacters(of: word, to: &merger)
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

    private func appendCharacters(of word: UnsafeRawBufferPointer, to merger: inout WordMerger<MergeTable>) {
        var offset = 0
        while offset < word.count {
            let length = min(UTF8Lead.length(word[offset]), word.count - offset)
            let id = merges.symbol(withBytes: UnsafeRawBufferPointer(rebasing: word[offset..<offset + length])) ?? -1
            merger.append(MergeSymbol(start: Int32(offset), length: Int32(length), id: id))
            offset += length
        }
    }

    /// A symbol that is no token becomes the tokens of its bytes; those that have none the model does not know.
    private func appendBytes(of symbol: MergeSymbol, in word: UnsafeRawBufferPointer, to tokens: inout [TokenID]) {
        for byte in word[Int(symbol.start)..<Int(symbol.start + symbol.length)] {
            if let token = byteTokens[Int(byte)] { tokens.append(token) }
        }
    }
}
