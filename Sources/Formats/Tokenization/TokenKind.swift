/// What a token is for, with its number in `tokenizer.ggml.token_type`.
package enum TokenKind: Int32, Sendable {
    case undefined = 0
    case normal = 1
    case unknown = 2
    /// Steers the model, such as `<|im_end|>`; hidden from users.
    case control = 3
    /// Recognised in any text, whether special tokens are parsed or not.
    case userDefined = 4
    case unused = 5
    /// A single byte that no other token stands for, written `<0x0A>`.
    case byte = 6

    /// Tokens that text never merges into, but that are found in it as a whole.
    var isSpecial: Bool { self == .control || self == .userDefined || self == .unknown }
    /// Tokens whose text is not part of what the model says.
    var isHidden: Bool { self == .control || self == .unknown }
}
