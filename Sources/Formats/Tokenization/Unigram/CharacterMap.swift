import GGUF

/// What runs of characters become before a unigram model sees them: NFKC and small letters for most models.
///
/// A model file holds the rules as SentencePiece compiled them: the length in bytes of a double array, the array, and the
/// texts that runs become, each ended by a zero. The array is a graph of runs, whose ends are shared: the number of a
/// node's child is that of the node's children, combined with the child's byte by exclusive or.
struct CharacterMap: Sendable {
    /// No run of NFKC makes the text more than twelve times as long; a file must not make a prompt fill the memory.
    private static let mostGrowth = 32
    /// Matching looks at so many bytes at each place.
    private static let longestRun = 256

    private var nodes: [UInt32] = []
    private var texts: ArraySlice<UInt8> = []

    /// The rules of a model file, none where it has none.
    ///
    /// - Throws: `damagedCharacterMap` where the array leads out of itself or of its texts.
    init(_ metadata: GGUFMetadata) throws(TokenizationError) {
        guard let bytes = try Self.bytes(of: metadata), !bytes.isEmpty else { return }
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.count > 4, word(0) >= 4, Int(word(0)) < bytes.count - 4 else {
            throw .damagedCharacterMap("its array is longer than the map")
        }
        let end = 4 + Int(word(0))
        nodes = stride(from: 4, to: end - 3, by: 4).map(word)
        texts = bytes[end...]
        try check()
    }

    /// The longest run of the map that begins at `offset`: how many bytes it has, and what it becomes.
    func longestMatch(in text: UnsafeRawBufferPointer, at offset: Int) -> (length: Int, text: ArraySlice<UInt8>)? {
        guard !nodes.isEmpty else { return nil }
        var longest: (length: Int, end: Int)?
        var children = Self.distance(nodes[0])
        for position in offset..<min(text.count, offset + Self.longestRun) {
            guard let child = child(of: children, text[position]) else { break }
            children = child.children
            if child.isEnd { longest = (position - offset + 1, children) }
        }
        guard let longest, let text = self.text(at: longest.end) else { return nil }
        return (longest.length, text)
    }

    /// The number of the children of a node's child for `byte`, and whether a run ends there.
    private func child(of children: Int, _ byte: UInt8) -> (children: Int, isEnd: Bool)? {
        let child = children ^ Int(byte)
        let node = nodes[child]
        guard byte != 0, node & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
        return (child ^ Self.distance(node), node >> 8 & 1 == 1)
    }

    /// From a node's number to that of its children.
    private static func distance(_ node: UInt32) -> Int { Int((node >> 10) << ((node & 1 << 9) >> 6)) }

    /// The text to which the node `number` points.
    private func text(at number: Int) -> ArraySlice<UInt8>? {
        let start = texts.startIndex + Int(nodes[number] & (1 << 31 - 1))
        guard start < texts.endIndex, let end = texts[start...].firstIndex(of: 0) else { return nil }
        return texts[start..<end]
    }

    /// Goes to every node once, from the shortest runs to the longest.
    private func check() throws(TokenizationError) {
        var isKnown = Array(repeating: false, count: nodes.count)
        var pending = [(children: Self.distance(nodes[0]), length: 0)]
        var next = 0
        while next < pending.count {
            let (children, length) = pending[next]
            next += 1
            guard children | 0xFF < nodes.count else {
                throw .damagedCharacterMap("a node lies outside of its array")
            }
            for byte in UInt8(1)...255 {
                guard let child = child(of: children, byte), !isKnown[children ^ Int(byte)] else { continue }
                isKnown[children ^ Int(byte)] = true
                pending.append((child.children, length + 1))
                guard child.isEnd else { continue }
                guard child.children < nodes.count, let text = text(at: child.children) else {
                    throw .damagedCharacterMap("a text lies outside of it")
                }
                guard text.count <= (length + 1) * Self.mostGrowth else {
                    throw .damagedCharacterMap("\(length + 1) bytes become \(text.count)")
                }
            }
        }
    }

    /// The rules as bytes; Ollama writes them as base64, a text for each of its characters.
    private static func bytes(of metadata: GGUFMetadata) throws(TokenizationError) -> [UInt8]? {
        guard let array: GGUFArray = try metadata.tokenizerValue("precompiled_charsmap") else { return nil }
        switch array.elementType {
        case .string:
            var letters: [UInt8] = []
            do throws(GGUFError) { try array.visitStrings { letters += $0 } } catch { throw .metadata(error) }
            guard let bytes = Base64Text.decoded(letters) else { throw .damagedCharacterMap("it is no base64") }
            return bytes
        case .int8:
            return try metadata.tokenizerValue("precompiled_charsmap", as: [Int8].self)?.map(UInt8.init(bitPattern:))
        default:
            return try metadata.tokenizerValue("precompiled_charsmap", as: [UInt8].self)
        }
    }
}

/// Base64 with its usual alphabet.
private enum Base64Text {
    /// The bytes, or nil where `text` has other characters or ends within a byte.
    static func decoded(_ text: [UInt8]) -> [UInt8]? {
        let digits = text.prefix { $0 != UInt8(ascii: "=") }
        guard text.count - digits.count <= 2, digits.count % 4 != 1 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(digits.count * 3 / 4)
        var bits: UInt32 = 0
        var count = 0
        for character in digits {
            guard let digit = digit(character) else { return nil }
            bits = bits << 6 | digit
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return result
    }

    private static func digit(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
