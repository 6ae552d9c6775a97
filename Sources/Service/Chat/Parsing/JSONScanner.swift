/// Checks a JSON object or array byte by byte, and tells where its outermost keys and values lie.
///
/// Control characters within strings are let through: models write them, and whoever keeps the text escapes them.
struct JSONScanner: Sendable {
    enum Event {
        case none
        /// A key of the outermost object begins or ends with this byte, its quotes included.
        case keyStart, keyEnd
        /// A value of the outermost object or array begins or, where it is no number or word, ends with this byte.
        case valueStart, valueEnd
        /// The text is complete.
        case done
        case invalid
    }

    private enum State {
        case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, done
        case string(isKey: Bool)
        case escape(isKey: Bool)
        case unicode(isKey: Bool, digits: Int)
        case word([UInt8])
        case number(Number)
    }

    fileprivate enum Number {
        case sign, zero, integer, point, fraction, exponent, exponentSign, power

        var isComplete: Bool {
            switch self {
            case .zero, .integer, .fraction, .power: true
            default: false
            }
        }
    }

    /// How many arrays and objects may lie in one another; the parser takes as many.
    private static let maximumDepth = 512

    /// For every container that is open, whether it is an object.
    private var containers: [Bool] = []
    private var state = State.value

    var depth: Int { containers.count }
    var isInString: Bool {
        switch state {
        case .string, .escape, .unicode: true
        default: false
        }
    }

    mutating func take(_ byte: UInt8) -> Event {
        switch state {
        case .string(let isKey): return takeString(byte, isKey)
        case .escape(let isKey):
            if byte == UInt8(ascii: "u") {
                state = .unicode(isKey: isKey, digits: 0)
            } else if "\"\\/bfnrt".utf8.contains(byte) {
                state = .string(isKey: isKey)
            } else {
                return .invalid
            }
            return .none
        case .unicode(let isKey, let digits):
            guard byte.isHexDigit else { return .invalid }
            state = digits == 3 ? .string(isKey: isKey) : .unicode(isKey: isKey, digits: digits + 1)
            return .none
        case .word(let rest):
            guard byte == rest.first else { return .invalid }
            state = rest.count == 1 ? .commaOrEnd : .word(Array(rest.dropFirst()))
            return .none
        case .number(let number):
            if let next = number.next(byte) {
                state = .number(next)
                return .none
            }
            guard number.isComplete else { return .invalid }
            state = .commaOrEnd
            return takeStructure(byte)
        default: return takeStructure(byte)
        }
    }

    private mutating func takeString(_ byte: UInt8, _ isKey: Bool) -> Event {
        switch byte {
        case UInt8(ascii: "\\"): state = .escape(isKey: isKey)
        case UInt8(ascii: "\""):
            state = isKey ? .colon : .commaOrEnd
            if depth == 1 { return isKey ? .keyEnd : .valueEnd }
        default: break
        }
        return .none
    }

    private mutating func takeStructure(_ byte: UInt8) -> Event {
        if byte.isJSONSpace { return .none }
        switch (state, byte) {
        case (.keyOrEnd, UInt8(ascii: "}")), (.valueOrEnd, UInt8(ascii: "]")): return close()
        case (.commaOrEnd, UInt8(ascii: "}")) where containers.last == true: return close()
        case (.commaOrEnd, UInt8(ascii: "]")) where containers.last == false: return close()
        case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
            state = .string(isKey: true)
            return depth == 1 ? .keyStart : .none
        case (.colon, UInt8(ascii: ":")):
            state = .value
            return .none
        case (.commaOrEnd, UInt8(ascii: ",")):
            state = containers.last == true ? .key : .value
            return .none
        case (.value, _), (.valueOrEnd, _): return takeValue(byte)
        default: return .invalid
        }
    }

    private mutating func takeValue(_ byte: UInt8) -> Event {
        let isOutermost = depth == 1
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.maximumDepth else { return .invalid }
            let isObject = byte == UInt8(ascii: "{")
            containers.append(isObject)
            state = isObject ? .keyOrEnd : .valueOrEnd
        case _ where depth == 0: return .invalid
        case UInt8(ascii: "\""): state = .string(isKey: false)
        case UInt8(ascii: "t"): state = .word(Array("rue".utf8))
        case UInt8(ascii: "f"): state = .word(Array("alse".utf8))
        case UInt8(ascii: "n"): state = .word(Array("ull".utf8))
        case UInt8(ascii: "-"): state = .number(.sign)
        case UInt8(ascii: "0"): state = .number(.zero)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .number(.integer)
        default: return .invalid
        }
        return isOutermost ? .valueStart : .none
    }

    private mutating func close() -> Event {
        containers.removeLast()
        state = containers.isEmpty ? .done : .commaOrEnd
        return depth == 0 ? .done : depth == 1 ? .valueEnd : .none
    }
}

extension JSONScanner.Number {
    fileprivate func next(_ byte: UInt8) -> Self? {
        let isDigit = byte.isDigit
        switch self {
        case .sign: return byte == UInt8(ascii: "0") ? .zero : isDigit ? .integer : nil
        case .zero, .integer:
            if isDigit { return self == .integer ? .integer : nil }
            return byte == UInt8(ascii: ".") ? .point : byte.isExponentMark ? .exponent : nil
        case .point: return isDigit ? .fraction : nil
        case .fraction: return isDigit ? .fraction : byte.isExponentMark ? .exponent : nil
        case .exponent:
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return .exponentSign }
            return isDigit ? .power : nil
        case .exponentSign, .power: return isDigit ? .power : nil
        }
    }
}

extension UInt8 {
    var isJSONSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
    fileprivate var isExponentMark: Bool { self | 0x20 == UInt8(ascii: "e") }

    /// The byte as it stands within a JSON string.
    var jsonEscaped: [UInt8] {
        switch self {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [UInt8(ascii: "\\"), self]
        case 0..<0x20: return controlEscaped
        default: return [self]
        }
    }

    /// A control character as it is escaped within a JSON string.
    var controlEscaped: [UInt8] {
        switch self {
        case 0x0A: return Array(#"\n"#.utf8)
        case 0x0D: return Array(#"\r"#.utf8)
        case 0x09: return Array(#"\t"#.utf8)
        default:
            let digits = Array("0123456789abcdef".utf8)
            return Array(#"\u00"#.utf8) + [digits[Int(self >> 4)], digits[Int(self & 15)]]
        }
    }
}
