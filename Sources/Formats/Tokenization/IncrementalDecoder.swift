package import Tensors

/// Turns tokens into text as they come. Text is only ever appended: a character spread over tokens comes whole with its
/// last byte, and bytes that can no longer become one come as U+FFFD at once.
package struct IncrementalDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let showingSpecial: Bool
    /// The first bytes of a character whose rest has not come: three at most.
    private var pending: [UInt8] = []

    package init(_ tokenizer: any Tokenizer, showingSpecial: Bool = false) {
        self.tokenizer = tokenizer
        self.showingSpecial = showingSpecial
    }

    /// The text that is certain now that `token` has come.
    package mutating func append(_ token: TokenID) -> String {
        append(tokenizer.bytes(of: token, showingSpecial: showingSpecial))
    }

    /// The text that is certain now that `bytes` have come.
    package mutating func append(_ bytes: ArraySlice<UInt8>) -> String {
        if pending.isEmpty {
            let complete = bytes.dropLast(UTF8Tail.incompleteLength(of: bytes))
            pending.append(contentsOf: bytes[complete.endIndex...])
            return String(decoding: complete, as: UTF8.self)
        }
        pending.append(contentsOf: bytes)
        let complete = pending.dropLast(UTF8Tail.incompleteLength(of: pending[...]))
        let text = String(decoding: complete, as: UTF8.self)
        pending.removeFirst(complete.count)
        return text
    }

    /// What is left when no more tokens come: U+FFFD for an unfinished character, else nothing.
    package mutating func finish() -> String {
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
    }
}

/// The end of UTF-8 text that may be the beginning of a character.
enum UTF8Tail {
    /// How many bytes at the end may still become a character: 0 to 3.
    static func incompleteLength(of bytes: ArraySlice<UInt8>) -> Int {
        for length in 1...3 where length <= bytes.count {
            let first = bytes[bytes.endIndex - length]
            guard first >= 0x80 else { return 0 }
            guard first >= 0xC0 else { continue }
            let tail = bytes[(bytes.endIndex - length)...]
            return isBeginning(tail) ? length : 0
        }
        return 0
    }

    /// Whether more bytes could complete `tail`, which starts with a lead byte, to a character.
    private static func isBeginning(_ tail: ArraySlice<UInt8>) -> Bool {
        guard let lead = tail.first else { return false }
        let length: Int
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return false
        }
        guard tail.count < length else { return false }
        guard let second = tail.dropFirst().first else { return true }
        switch lead {  // no overlong forms, no surrogates, nothing beyond U+10FFFF
        case 0xE0: return second >= 0xA0
        case 0xED: return second < 0xA0
        case 0xF0: return second >= 0x90
        case 0xF4: return second < 0x90
        default: return true
        }
    }
}
