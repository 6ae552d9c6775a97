import JSON

/// Reads a value in a language's own spelling, byte by byte, and writes it as JSON.
///
/// What is read stands between JSON and Python: strings between any of the spelling's quotes, `None` and `null`, lists
/// and tuples, objects whose keys may be bare words.
struct LiteralReader: Sendable {
    enum Step {
        case more
        /// The value ends with this byte.
        case done
        /// The value ended before this byte.
        case doneBefore
        case invalid
    }

    struct Spelling: Sendable {
        /// What strings begin and end with; no mark may be the beginning of another.
        var quotes: [String]
        /// Quotes of one byte within which backslashes are read.
        var escapes = true
        /// Whether words without quotes are strings.
        var takesBareWords = false

        static let python = Spelling(quotes: ["\"", "'"])
    }

    private enum Container {
        case list(closing: UInt8)
        case object
    }

    private enum State {
        case value, key, colon, commaOrEnd, done
        case opening(MarkMatcher, isKey: Bool)
        case string(quote: Int, isKey: Bool)
        case escape(quote: Int, isKey: Bool)
        case code(quote: Int, isKey: Bool, digits: [UInt8], count: Int)
        case word([UInt8], isKey: Bool)
    }

    private static let maximumDepth = 512

    private let spelling: Spelling
    private var containers: [Container] = []
    private var state = State.value
    /// A container that has just been opened may be closed.
    private var isFirst = false
    private var end = MarkScanner([])

    init(_ spelling: Spelling) {
        self.spelling = spelling
    }

    mutating func take(_ byte: UInt8, into output: inout [UInt8]) -> Step {
        switch state {
        case .value, .key, .colon, .commaOrEnd, .done: return takeStructure(byte, &output)
        case .opening(var matcher, let isKey):
            switch matcher.take(byte) {
            case .more: state = .opening(matcher, isKey: isKey)
            case .matched(let quote): beginString(quote, isKey, &output)
            case .failed: return .invalid
            }
            return .more
        case .string(let quote, let isKey): return takeString(byte, quote, isKey, &output)
        case .escape(let quote, let isKey): return takeEscape(byte, quote, isKey, &output)
        case .code(let quote, let isKey, let digits, let count):
            guard byte.isHexDigit else { return .invalid }
            let digits = digits + [byte]
            state = .code(quote: quote, isKey: isKey, digits: digits, count: count)
            if digits.count == count {
                guard let unit = UInt16(digits.text, radix: 16) else { return .invalid }
                output += Self.jsonEscape(unit)
                state = .string(quote: quote, isKey: isKey)
            }
            return .more
        case .word(let word, let isKey):
            if Self.isWord(byte) || (isKey && byte == UInt8(ascii: "$")) {
                guard word.count < 4096 else { return .invalid }
                state = .word(word + [byte], isKey: isKey)
                return .more
            }
            guard endWord(word, isKey, &output) else { return .invalid }
            return containers.isEmpty ? .doneBefore : takeStructure(byte, &output)
        }
    }

    /// No more bytes come. Returns whether the value is complete.
    mutating func finish(into output: inout [UInt8]) -> Bool {
        if case .word(let word, let isKey) = state, containers.isEmpty { return endWord(word, isKey, &output) }
        if case .done = state { return true }
        return false
    }

    // MARK: Structure

    private mutating func takeStructure(_ byte: UInt8, _ output: inout [UInt8]) -> Step {
        if byte.isJSONSpace { return .more }
        switch state {
        case .done: return .doneBefore
        case .colon:
            guard byte == UInt8(ascii: ":") else { return .invalid }
            output.append(byte)
            state = .value
            return .more
        case .commaOrEnd:
            if byte == UInt8(ascii: ",") {
                // The comma is written with what follows it: Python takes one before the end.
                if case .object? = containers.last { state = .key } else { state = .value }
                return .more
            }
            return close(byte, &output)
        case .key, .value: break
        default: return .invalid
        }
        if !containers.isEmpty, case .closed(let step) = closeIfEnd(byte, &output) { return step }
        if isFirst { isFirst = false } else if needsComma { output.append(UInt8(ascii: ",")) }
        if case .key = state { return begin(byte, isKey: true, &output) }
        switch byte {
        case UInt8(ascii: "{"): return open(.object, byte, &output)
        case UInt8(ascii: "["): return open(.list(closing: UInt8(ascii: "]")), byte, &output)
        case UInt8(ascii: "("): return open(.list(closing: UInt8(ascii: ")")), UInt8(ascii: "["), &output)
        default: return begin(byte, isKey: false, &output)
        }
    }

    private enum Closing {
        case closed(Step)
        case none
    }

    private mutating func closeIfEnd(_ byte: UInt8, _ output: inout [UInt8]) -> Closing {
        switch (state, containers.last) {
        case (.key, .object?) where byte == UInt8(ascii: "}"): return .closed(close(byte, &output))
        case (.value, .list(let closing)?) where byte == closing: return .closed(close(byte, &output))
        default: return .none
        }
    }

    /// Whether what begins now stands behind an element of its container.
    private var needsComma: Bool {
        switch (state, containers.last) {
        case (.key, _), (.value, .list?): true
        default: false
        }
    }

    private mutating func open(_ container: Container, _ byte: UInt8, _ output: inout [UInt8]) -> Step {
        guard containers.count < Self.maximumDepth else { return .invalid }
        containers.append(container)
        output.append(byte)
        isFirst = true
        if case .object = container { state = .key } else { state = .value }
        return .more
    }

    private mutating func close(_ byte: UInt8, _ output: inout [UInt8]) -> Step {
        switch containers.last {
        case .object? where byte == UInt8(ascii: "}"): output.append(byte)
        case .list(let closing)? where byte == closing: output.append(UInt8(ascii: "]"))
        default: return .invalid
        }
        containers.removeLast()
        isFirst = false
        return endValue() ? .done : .more
    }

    /// Returns whether that was all.
    private mutating func endValue() -> Bool {
        state = containers.isEmpty ? .done : .commaOrEnd
        return containers.isEmpty
    }

    private mutating func begin(_ byte: UInt8, isKey: Bool, _ output: inout [UInt8]) -> Step {
        var matcher = MarkMatcher(spelling.quotes)
        switch matcher.take(byte) {
        case .more: state = .opening(matcher, isKey: isKey)
        case .matched(let quote): beginString(quote, isKey, &output)
        case .failed:
            guard Self.isWord(byte) else { return .invalid }
            state = .word([byte], isKey: isKey)
        }
        return .more
    }

    // MARK: Strings

    private mutating func beginString(_ quote: Int, _ isKey: Bool, _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        end = MarkScanner([spelling.quotes[quote]])
        state = .string(quote: quote, isKey: isKey)
    }

    private mutating func takeString(_ byte: UInt8, _ quote: Int, _ isKey: Bool, _ output: inout [UInt8]) -> Step {
        let readsEscapes = spelling.escapes && spelling.quotes[quote].utf8.count == 1
        if readsEscapes, byte == UInt8(ascii: "\\") {
            state = .escape(quote: quote, isKey: isKey)
            return .more
        }
        switch end.take(byte) {
        case .pass: output += byte.jsonEscaped
        case .hold: break
        case .release(let bytes): output += bytes.flatMap(\.jsonEscaped)
        case .match(_, let before):
            output += before.flatMap(\.jsonEscaped)
            output.append(UInt8(ascii: "\""))
            if isKey {
                state = .colon
            } else if endValue() {
                return .done
            }
        }
        return .more
    }

    private mutating func takeEscape(_ byte: UInt8, _ quote: Int, _ isKey: Bool, _ output: inout [UInt8]) -> Step {
        state = .string(quote: quote, isKey: isKey)
        switch byte {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"):
            output += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "'"): output.append(byte)
        case 0x0A: break
        case UInt8(ascii: "u"): state = .code(quote: quote, isKey: isKey, digits: [], count: 4)
        case UInt8(ascii: "x"): state = .code(quote: quote, isKey: isKey, digits: [], count: 2)
        default: output += UInt8(ascii: "\\").jsonEscaped + byte.jsonEscaped
        }
        return .more
    }

    private static func jsonEscape(_ unit: UInt16) -> [UInt8] {
        let digits = String(unit, radix: 16)
        return Array((#"\u"# + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
    }

    // MARK: Words

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte >= 0x80 || "_-+.".utf8.contains(byte)
    }

    private mutating func endWord(_ word: [UInt8], _ isKey: Bool, _ output: inout [UInt8]) -> Bool {
        func quoted() -> [UInt8] { [UInt8(ascii: "\"")] + word.flatMap(\.jsonEscaped) + [UInt8(ascii: "\"")] }
        if isKey {
            output += quoted()
            state = .colon
            return true
        }
        switch word.text {
        case "true", "True": output += "true".utf8
        case "false", "False": output += "false".utf8
        case "null", "None": output += "null".utf8
        default:
            if (try? JSONParser.parse(word))?.doubleValue != nil {
                output += word
            } else if spelling.takesBareWords {
                output += quoted()
            } else {
                return false
            }
        }
        _ = endValue()
        return true
    }
}
