import Tensors
import Tokenization

/// One token for each ASCII character, and a few more: what it says can be read off the numbers.
struct TestTokenizer: Tokenizer {
    static let beginning: TokenID = 128
    static let end: TokenID = 129
    /// The two bytes of `é`, a token each.
    static let halves: [TokenID] = [130, 131]

    let vocabulary: Vocabulary

    init(addsBeginning: Bool = true) throws {
        var tokens = (0..<128).map { String(UnicodeScalar(UInt8($0))) }
        tokens += ["<bos>", "<eos>", "?", "?"]
        var kinds = [TokenKind](repeating: .normal, count: 128)
        kinds += [.control, .control, .normal, .normal]
        var vocabulary = try Vocabulary(tokens: tokens, kinds: kinds, endOfGeneration: [Self.end])
        vocabulary.addsBeginning = addsBeginning
        vocabulary.roles.beginningOfText = Self.beginning
        self.vocabulary = vocabulary
    }

    func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
        var tokens = special.addBoundaries && vocabulary.addsBeginning ? [Self.beginning] : []
        let mark = Array("<eos>".utf8)
        var offset = 0
        while offset < bytes.count {
            let range = offset..<offset + mark.count
            if special.parse, bytes[offset...].starts(with: mark), !special.contents.contains(where: range.overlaps) {
                tokens.append(Self.end)
                offset = range.upperBound
            } else {
                tokens.append(bytes[offset] < 128 ? TokenID(bytes[offset]) : TokenID(UInt8(ascii: "?")))
                offset += 1
            }
        }
        return tokens
    }

    func bytes(of token: TokenID, showingSpecial: Bool) -> ArraySlice<UInt8> {
        switch token {
        case Self.halves[0]: [0xC3]
        case Self.halves[1]: [0xA9]
        default: vocabulary.piece(of: token, showingSpecial: showingSpecial)
        }
    }
}
