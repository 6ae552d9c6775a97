package import Tensors

/// The tokens of a model: their texts, the bytes they stand for, their kinds and scores, and the tokens with a role.
package struct Vocabulary: Sendable {
    /// The tokens with a role; nil where the model has none.
    package struct Roles: Hashable, Sendable {
        package var beginningOfText: TokenID?
        package var endOfText: TokenID?
        package var endOfTurn: TokenID?
        package var endOfMessage: TokenID?
        package var unknown: TokenID?
        package var separator: TokenID?
        package var padding: TokenID?
        package var mask: TokenID?
        package var infillPrefix: TokenID?
        package var infillSuffix: TokenID?
        package var infillMiddle: TokenID?
        package var infillPadding: TokenID?
        package var infillRepository: TokenID?
        package var infillSeparator: TokenID?

        package init() {}
    }

    package var roles = Roles()
    /// `encode` puts the beginning of text before and the end of text behind, where asked to add boundaries.
    package var addsBeginning = false
    package var addsEnd = false
    /// The separator stands between two texts that are encoded together.
    package var addsSeparator = false
    /// A space is put before a text, and taken away when a whole list of tokens is turned back.
    package var addsSpacePrefix = false
    /// Spaces before punctuation are removed when a whole list of tokens is turned back into text.
    package var cleansSpaces = false
    /// Tokens after which a generation ends.
    package internal(set) var endOfGeneration: Set<TokenID> = []

    /// Tokenizers look at as many bytes from each place of a text as the longest token has.
    static let longestToken = 4096

    let texts: ByteStrings
    private(set) var pieces = ByteStrings()
    private(set) var kinds: [TokenKind]
    let scores: [Float]
    /// Control and user-defined tokens that swallow the white space that follows them, or goes before.
    var trimsAfter: Set<TokenID> = []
    var trimsBefore: Set<TokenID> = []
    private let idOfText: ByteStringTable

    /// - Parameters:
    ///   - kinds: one for each token; no kinds at all mean normal tokens.
    ///   - scores: one for each token, or none.
    init(texts: ByteStrings, kinds: [TokenKind] = [], scores: [Float] = []) throws(TokenizationError) {
        guard texts.count > 0, texts.count <= Int(TokenID.max) else { throw .emptyVocabulary }
        guard kinds.isEmpty || kinds.count == texts.count else {
            throw .lengthMismatch(key: "tokenizer.ggml.token_type", expected: texts.count, found: kinds.count)
        }
        guard scores.isEmpty || scores.count == texts.count else {
            throw .lengthMismatch(key: "tokenizer.ggml.scores", expected: texts.count, found: scores.count)
        }
        self.texts = texts
        self.kinds = kinds.isEmpty ? Array(repeating: .normal, count: texts.count) : kinds
        self.scores = scores
        var table = ByteStringTable(minimumCapacity: texts.count)
        for index in 0..<texts.count { texts.withBytes(at: index) { table.insert($0, value: TokenID(index)) } }
        idOfText = table
    }

    /// A vocabulary whose tokens stand for their texts, for tokenizers made by hand.
    package init(
        tokens: [String], kinds: [TokenKind] = [], endOfGeneration: Set<TokenID> = []
    ) throws(TokenizationError) {
        var texts = ByteStrings()
        for token in tokens { texts.append(token.utf8) }
        try self.init(texts: texts, kinds: kinds)
        self.endOfGeneration = endOfGeneration
        setPieces { text, piece in piece.append(contentsOf: text) }
    }

    package var count: Int { texts.count }

    package func contains(_ token: TokenID) -> Bool { token >= 0 && Int(token) < count }

    package func isEndOfGeneration(_ token: TokenID) -> Bool { endOfGeneration.contains(token) }

    /// The kind of `token`; a token outside the vocabulary is undefined.
    package func kind(of token: TokenID) -> TokenKind { contains(token) ? kinds[Int(token)] : .undefined }

    /// How likely the token is to be formed, in tokenizers that have scores.
    package func score(of token: TokenID) -> Float {
        contains(token) && !scores.isEmpty ? scores[Int(token)] : 0
    }

    /// The token as the model file writes it; empty for a token outside the vocabulary.
    package func text(of token: TokenID) -> ArraySlice<UInt8> { contains(token) ? texts[Int(token)] : [] }

    /// The token that the model file writes as `text`.
    package func token(withText text: String) -> TokenID? { idOfText.find(text) }

    func token(withText text: UnsafeRawBufferPointer) -> TokenID? { idOfText.find(text) }

    /// The token that is written `<0x0A>` and the like.
    func token(ofByte byte: UInt8) -> TokenID? {
        let digits = String(byte, radix: 16, uppercase: true)
        return token(withText: "<0x\(digits.count == 1 ? "0" : "")\(digits)>")
    }

    var longestText: Int { idOfText.longest }

    /// The bytes that `token` stands for: empty for a token outside the vocabulary, and for a control token that is not
    /// to be shown.
    package func piece(of token: TokenID, showingSpecial: Bool) -> ArraySlice<UInt8> {
        guard contains(token), showingSpecial || !kinds[Int(token)].isHidden else { return [] }
        return pieces[Int(token)]
    }

    mutating func setKind(_ kind: TokenKind, of token: TokenID) { kinds[Int(token)] = kind }

    /// Fills in what each token stands for. `decode` appends the bytes of a normal token's text.
    mutating func setPieces(decoding decode: (ArraySlice<UInt8>, inout [UInt8]) -> Void) {
        var result = ByteStrings()
        var piece: [UInt8] = []
        for index in 0..<count {
            piece.removeAll(keepingCapacity: true)
            switch kinds[index] {
            case .control, .userDefined, .unknown: piece.append(contentsOf: texts[index])
            case .normal: decode(texts[index], &piece)
            case .byte: if let byte = Self.byte(ofText: texts[index]) { piece.append(byte) }
            case .undefined, .unused: break
            }
            result.append(piece)
        }
        pieces = result
    }

    /// The byte that a text such as `<0x0A>` names.
    private static func byte(ofText text: ArraySlice<UInt8>) -> UInt8? {
        guard text.count == 6, text.starts(with: Array("<0x".utf8)) else { return nil }
        return UInt8(String(decoding: text.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
    }
}
