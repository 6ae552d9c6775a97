/// One thing that a person did at the keyboard.
package enum Key: Hashable, Sendable {
    case character(Character)
    case enter, lineFeed, tab, backspace, delete, escape
    case left, right, up, down, home, end
    case wordLeft, wordRight, deleteWord
    case control(Character)
    case pasteBegins, pasteEnds
}

/// Turns the bytes of a terminal into keys; a sequence may arrive in pieces.
package struct KeyDecoder: Sendable {
    private var pending: [UInt8] = []

    package init() {}

    package mutating func decode(_ bytes: [UInt8]) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let (key, length) = next() {
            pending.removeFirst(length)
            if let key { keys.append(key) }
        }
        return keys
    }

    private static let sequences: [(String, Key?)] = [
        ("[200~", .pasteBegins), ("[201~", .pasteEnds), ("[1;5D", .wordLeft), ("[1;5C", .wordRight),
        ("[1;3D", .wordLeft), ("[1;3C", .wordRight), ("[A", .up), ("[B", .down), ("[C", .right), ("[D", .left),
        ("OA", .up), ("OB", .down), ("OC", .right), ("OD", .left), ("[H", .home), ("[F", .end), ("OH", .home),
        ("OF", .end), ("[1~", .home), ("[4~", .end), ("[7~", .home), ("[8~", .end), ("[3~", .delete),
        ("b", .wordLeft), ("f", .wordRight), ("\u{7F}", .deleteWord), ("\u{08}", .deleteWord),
    ]

    private func next() -> (Key?, Int)? {
        guard let first = pending.first else { return nil }
        switch first {
        case 0x1B: return escapeSequence()
        case 0x0D: return (.enter, 1)
        case 0x0A: return (.lineFeed, 1)
        case 0x09: return (.tab, 1)
        case 0x7F, 0x08: return (.backspace, 1)
        case 0x01...0x1A: return (.control(Character(Unicode.Scalar(first + 0x60))), 1)
        case 0x00...0x1F: return (nil, 1)
        default: return character()
        }
    }

    private func escapeSequence() -> (Key?, Int)? {
        let rest = pending.dropFirst()
        guard let second = rest.first else { return (.escape, 1) }
        for (text, key) in Self.sequences where rest.starts(with: text.utf8) {
            return (key, 1 + text.utf8.count)
        }
        guard second == UInt8(ascii: "[") else { return (.escape, 1) }
        // An unknown control sequence ends at its first letter or tilde; skip it whole.
        guard let end = rest.dropFirst().firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
        return (nil, end - pending.startIndex + 1)
    }

    private func character() -> (Key?, Int)? {
        guard let first = pending.first else { return nil }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard pending.count >= length else { return nil }
        let text = String(decoding: pending[..<length], as: UTF8.self)
        return (text.first.map { .character($0) }, length)
    }
}
