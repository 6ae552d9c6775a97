/// Why a text is not JSON. Descriptions are worded as Go's encoding/json words them, because clients match on them.
package enum JSONError: Error, Hashable, Sendable {
    /// `context` says what the parser was reading, such as `looking for beginning of value`.
    case unexpectedCharacter(UInt8, context: String, offset: Int)
    /// A document ended inside a value, or held none.
    case unexpectedEnd(offset: Int)
    /// A stream of values ended before the next value began.
    case endOfStream(offset: Int)
    /// A stream of values ended inside a value.
    case truncatedStream(offset: Int)
    case tooDeep(limit: Int, offset: Int)
    /// With the number or its beginning.
    case numberOutOfRange(String, offset: Int)
    /// The values take more than so many bytes of memory.
    case tooLarge(limit: Int, offset: Int)
    case invalidUTF8(offset: Int)

    /// Where in the text, in bytes.
    package var offset: Int {
        switch self {
        case .unexpectedCharacter(_, _, let offset), .unexpectedEnd(let offset), .endOfStream(let offset),
            .truncatedStream(let offset), .tooDeep(_, let offset), .numberOutOfRange(_, let offset),
            .tooLarge(_, let offset), .invalidUTF8(let offset):
            offset
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpectedCharacter(let byte, let context, _):
            "invalid character \(Self.quoted(byte)) \(context)"
        case .unexpectedEnd: "unexpected end of JSON input"
        case .endOfStream: "EOF"
        case .truncatedStream: "unexpected EOF"
        case .tooDeep: "exceeded max depth"
        case .numberOutOfRange(let number, _): "number \(number) out of range"
        case .tooLarge(let limit, _): "values take more than \(limit) bytes of memory; send fewer of them"
        case .invalidUTF8(let offset): "invalid UTF-8 in string literal at byte \(offset)"
        }
    }

    /// The byte in single quotes, as Go prints a character constant.
    private static func quoted(_ byte: UInt8) -> String {
        switch byte {
        case 0x07: "'\\a'"
        case 0x08: "'\\b'"
        case 0x09: "'\\t'"
        case 0x0A: "'\\n'"
        case 0x0B: "'\\v'"
        case 0x0C: "'\\f'"
        case 0x0D: "'\\r'"
        case UInt8(ascii: "'"): "'\\''"
        case UInt8(ascii: "\\"): "'\\\\'"
        case 0..<0x20, 0x7F: "'\\x\(hexadecimal(byte))'"
        case 0x80...0xA0, 0xAD: "'\\u00\(hexadecimal(byte))'"
        default: "'\(Character(Unicode.Scalar(byte)))'"
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count == 1 ? "0" + digits : digits
    }
}
