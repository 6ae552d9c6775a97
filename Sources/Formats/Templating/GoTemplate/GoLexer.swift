/// Cuts the source of a Go template into tokens.
struct GoLexer {
    private let source: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [GoToken] = []
    private var openParentheses = 0

    /// The tokens of `source`; the last is `endOfFile` or `error`.
    static func tokens(of source: [UInt8]) -> [GoToken] {
        var lexer = GoLexer(source: source)
        lexer.lex()
        return lexer.tokens
    }

    private init(source: [UInt8]) {
        self.source = source
    }

    private mutating func lex() {
        while lexText(), lexAction(), !isFull {}
        let last = tokens.last?.kind
        if last != .error { emit(.endOfFile, from: source.count) }
    }

    // MARK: Text and delimiters

    /// Lexes up to and with the next `{{`, passing over comments. Returns false at the end of the source.
    private mutating func lexText() -> Bool {
        while true {
            let start = position
            guard let opening = find("{{", from: start) else {
                emitText(start..<source.count)
                advance(to: source.count)
                return false
            }
            let trims = hasLeftTrimMarker(at: opening + 2)
            emitText(start..<(trims ? endWithoutSpace(start..<opening) : opening))
            advance(to: opening + 2 + (trims ? 2 : 0))
            guard hasPrefix("/*", at: position) else {
                emit(.leftDelimiter, from: opening)
                openParentheses = 0
                return true
            }
            guard lexComment() else { return false }
        }
    }

    private mutating func lexComment() -> Bool {
        guard let closing = find("*/", from: position + 2) else { return fail("unclosed comment") }
        advance(to: closing + 2)
        guard let delimiter = rightDelimiter(at: position) else {
            return fail("comment ends before closing delimiter")
        }
        advance(to: delimiter.end)
        return true
    }

    private mutating func emitText(_ range: Range<Int>) {
        if !range.isEmpty { emit(.text, range) }
    }

    private func hasLeftTrimMarker(at offset: Int) -> Bool {
        offset + 1 < source.count && source[offset] == UInt8(ascii: "-") && source[offset + 1].isGoSpace
    }

    /// The end of a closing delimiter at the offset, with the space that its trim marker swallows.
    private func rightDelimiter(at offset: Int) -> (trims: Bool, end: Int)? {
        if hasPrefix("}}", at: offset) { return (false, offset + 2) }
        guard offset < source.count, source[offset].isGoSpace, hasPrefix("-}}", at: offset + 1) else { return nil }
        var end = offset + 4
        while end < source.count, source[end].isGoSpace { end += 1 }
        return (true, end)
    }

    private func endWithoutSpace(_ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end > range.lowerBound, source[end - 1].isGoSpace { end -= 1 }
        return end
    }

    // MARK: Inside an action

    /// Lexes up to and with the closing delimiter. Returns false after an error.
    private mutating func lexAction() -> Bool {
        while true {
            if let delimiter = rightDelimiter(at: position) {
                guard openParentheses == 0 else { return fail("unclosed left paren") }
                emit(.rightDelimiter, from: position, text: "}}")
                advance(to: delimiter.end)
                return true
            }
            guard position < source.count else { return fail("unclosed action") }
            guard !isFull, lexElement(source[position]) else { return false }
        }
    }

    private var isFull: Bool { tokens.count > TemplateSource.maximumTokens }

    private mutating func lexElement(_ byte: UInt8) -> Bool {
        switch byte {
        case _ where byte.isGoSpace: return lexSpace()
        case UInt8(ascii: "="): return emitNext(1, .assign)
        case UInt8(ascii: ":"):
            guard hasPrefix(":=", at: position) else { return fail("expected :=") }
            return emitNext(2, .declare)
        case UInt8(ascii: "|"): return emitNext(1, .pipe)
        case UInt8(ascii: "\""): return lexQuoted(closing: byte, .string, name: "quoted string")
        case UInt8(ascii: "'"): return lexQuoted(closing: byte, .character, name: "character constant")
        case UInt8(ascii: "`"): return lexRawString()
        case UInt8(ascii: "$"): return lexName(.variable)
        case UInt8(ascii: "."):
            let next = position + 1 < source.count ? source[position + 1] : 0
            return next.isGoDigit ? lexNumber() : lexName(.field)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return lexNumber()
        case UInt8(ascii: "("):
            openParentheses += 1
            return emitNext(1, .leftParenthesis)
        case UInt8(ascii: ")"):
            openParentheses -= 1
            guard openParentheses >= 0 else { return fail("unexpected right paren") }
            return emitNext(1, .rightParenthesis)
        case 0x21...0x7E where !isWordCharacter(at: position).matches: return emitNext(1, .other)
        default:
            guard isWordCharacter(at: position).matches else {
                return fail("unrecognized character in action: \(describe(at: position))")
            }
            return lexName(.identifier)
        }
    }

    private mutating func lexSpace() -> Bool {
        let start = position
        var end = start
        // The space before a trimming delimiter belongs to the delimiter.
        while end < source.count, source[end].isGoSpace, rightDelimiter(at: end) == nil { end += 1 }
        advance(to: end)
        emit(.space, start..<end)
        return true
    }

    private mutating func lexQuoted(closing: UInt8, _ kind: GoToken.Kind, name: String) -> Bool {
        var end = position + 1
        while end < source.count, source[end] != closing {
            if source[end] == UInt8(ascii: "\\") { end += 1 }
            guard end < source.count, source[end] != UInt8(ascii: "\n") else { break }
            end += 1
        }
        guard end < source.count, source[end] == closing else { return fail("unterminated \(name)") }
        return emitNext(end + 1 - position, kind)
    }

    private mutating func lexRawString() -> Bool {
        guard let end = source[(position + 1)...].firstIndex(of: UInt8(ascii: "`")) else {
            return fail("unterminated raw quoted string")
        }
        return emitNext(end + 1 - position, .rawString)
    }

    /// A field (`.Name`, `.`), a variable (`$name`, `$`) or an identifier, keyword or constant.
    private mutating func lexName(_ kind: GoToken.Kind) -> Bool {
        let start = position
        var end = kind == .identifier ? start : start + 1
        while true {
            let character = isWordCharacter(at: end)
            guard character.matches else { break }
            end += character.length
        }
        guard end - start <= TemplateSource.longestName else { return fail(TemplateSource.longName) }
        guard isTerminator(at: end) else { return fail("bad character \(describe(at: end))") }
        let text = String(decoding: source[start..<end], as: UTF8.self)
        return emitNext(end - start, Self.kind(of: text, kind))
    }

    private static func kind(of word: String, _ kind: GoToken.Kind) -> GoToken.Kind {
        switch word {
        case ".": return .dot
        case "true", "false": return .bool
        case "nil": return .nil
        default:
            guard kind == .identifier, let keyword = GoToken.Keyword(rawValue: word) else { return kind }
            return .keyword(keyword)
        }
    }

    private mutating func lexNumber() -> Bool {
        let start = position
        let end = GoNumberText.end(in: source, from: start)
        let next = isWordCharacter(at: end)
        guard !next.matches, end > start else {
            let text = String(decoding: source[start..<min(end + next.length, source.count)], as: UTF8.self)
            return fail("bad number syntax: \(GoQuoting.quote(text))")
        }
        return emitNext(end - start, .number)
    }

    // MARK: Characters

    private func isTerminator(at offset: Int) -> Bool {
        guard offset < source.count else { return true }
        return source[offset].isGoSpace || ".,|:)(".utf8.contains(source[offset]) || hasPrefix("}}", at: offset)
    }

    private func isWordCharacter(at offset: Int) -> (matches: Bool, length: Int) {
        guard let (scalar, length) = scalar(at: offset) else { return (false, 0) }
        if scalar == "_" { return (true, 1) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return (true, length)
        default: return (false, length)
        }
    }

    private func scalar(at offset: Int) -> (Unicode.Scalar, length: Int)? {
        guard offset < source.count else { return nil }
        if source[offset] < 0x80 { return (Unicode.Scalar(source[offset]), 1) }
        let window = source[offset..<min(offset + 4, source.count)]
        guard let scalar = String(decoding: window, as: UTF8.self).unicodeScalars.first else { return nil }
        return (scalar, UTF8.width(scalar))
    }

    private func describe(at offset: Int) -> String {
        guard let (scalar, _) = scalar(at: offset) else { return "EOF" }
        return GoQuoting.unicodeNotation(scalar)
    }

    private func hasPrefix(_ prefix: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, offset + prefix.utf8CodeUnitCount <= source.count else { return false }
        return prefix.withUTF8Buffer { source[offset..<(offset + $0.count)].elementsEqual($0) }
    }

    private func find(_ needle: StaticString, from start: Int) -> Int? {
        var offset = start
        while offset < source.count {
            if hasPrefix(needle, at: offset) { return offset }
            offset += 1
        }
        return nil
    }

    // MARK: Output

    private mutating func advance(to end: Int) {
        for byte in source[position..<end] where byte == UInt8(ascii: "\n") { line += 1 }
        position = end
    }

    private mutating func emitNext(_ length: Int, _ kind: GoToken.Kind) -> Bool {
        let start = position
        emit(kind, start..<(start + length))
        advance(to: start + length)
        return true
    }

    private mutating func emit(_ kind: GoToken.Kind, _ range: Range<Int>) {
        let text = String(decoding: source[range], as: UTF8.self)
        tokens.append(GoToken(kind: kind, text: text, position: range.lowerBound, line: line))
    }

    private mutating func emit(_ kind: GoToken.Kind, from start: Int, text: String = "") {
        tokens.append(GoToken(kind: kind, text: text, position: start, line: line))
    }

    private mutating func fail(_ message: String) -> Bool {
        tokens.append(GoToken(kind: .error, text: message, position: position, line: line))
        return false
    }
}

extension UInt8 {
    var isGoSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
    var isGoDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
