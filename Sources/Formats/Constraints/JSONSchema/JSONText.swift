import JSON

/// How JSON is written under a constraint.
enum JSONText {
    /// White space between tokens: none, a blank, or a line's end and some indentation. A model that may write blanks
    /// without end does so.
    static let space = RegularLanguage.choice([
        .empty, .literal(" "),
        .sequence([
            .repetition(.literal("\n"), atLeast: 1, atMost: 2),
            .repetition(.bytes(ByteSet(0x20...0x20, 0x09...0x09)), atLeast: 0, atMost: 20),
        ]),
    ])

    static let comma = RegularLanguage.sequence([.literal(","), space])
    static let colon = RegularLanguage.sequence([.literal(":"), space])
    /// The end of an object or array, and white space before it.
    static func closing(_ bracket: String) -> RegularLanguage { .sequence([space, .literal(bracket)]) }

    // MARK: Strings

    private static let escaped = ScalarSet([0...0x1F, 0x22...0x22, 0x5C...0x5C])
    private static let plain = escaped.complement
    private static let shortEscapes: [UInt32: String] = [
        0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r", 0x22: "\"", 0x5C: "\\",
    ]

    /// One scalar of a string in any of its spellings. Surrogates are not written: a pair is one scalar, and half of one
    /// is none.
    static let anyCharacter: RegularLanguage = {
        let hex = RegularLanguage.bytes(ByteSet(0x30...0x39, 0x41...0x46, 0x61...0x66))
        let notD = RegularLanguage.bytes(ByteSet(0x30...0x39, 0x41...0x43, 0x45...0x46, 0x61...0x63, 0x65...0x66))
        let units = RegularLanguage.choice([
            .sequence([notD, hex, hex, hex]),
            .sequence([.bytes(ByteSet(0x44...0x44, 0x64...0x64)), .bytes(ByteSet(0x30...0x37)), hex, hex]),
        ])
        var short = ByteSet()
        for byte in "\"\\/bfnrt".utf8 { short.insert(byte) }
        return .choice([
            .scalars(Self.plain),
            .sequence([.literal("\\"), .choice([.bytes(short), .sequence([.literal("u"), units])])]),
        ])
    }()

    /// One scalar of a string as `spelling` writes it.
    static let character = spelling(of: .scalars(.all))

    static func quoted(_ content: RegularLanguage) -> RegularLanguage {
        .sequence([.literal("\""), content, .literal("\"")])
    }

    /// The one spelling, without quotes, of a text where it matters which text it is.
    static func spelling(of text: String) -> [UInt8] {
        Array(JSONWriter(.compact).bytes(of: .string(text)).dropFirst().dropLast())
    }

    /// The spellings of the texts of a language. The language is one of texts: its bytes are ASCII, its literals UTF-8.
    static func spelling(of language: RegularLanguage) -> RegularLanguage {
        switch language {
        case .nothing, .multiples: language
        case .bytes(let set):
            spelling(of: .scalars(ScalarSet((UInt32(0)...0x7F).filter { set.contains(UInt8($0)) }.map { $0...$0 })))
        case .literal(let bytes): .literal(spelling(of: String(decoding: bytes, as: UTF8.self)))
        case .scalars(let set): spelling(of: set)
        case .sequence(let parts): .sequence(parts.map(spelling))
        case .choice(let parts): .choice(parts.map(spelling))
        case .repetition(let part, let atLeast, let atMost):
            .repetition(spelling(of: part), atLeast: atLeast, atMost: atMost)
        case .intersection(let parts): .intersection(parts.map(spelling))
        case .complement(let part):
            .intersection([
                .repetition(character, atLeast: 0, atMost: nil), .complement(spelling(of: part)),
            ])
        }
    }

    private static func spelling(of set: ScalarSet) -> RegularLanguage {
        let plain = set.intersection(Self.plain)
        var choices: [RegularLanguage] = plain.ranges.isEmpty ? [] : [.scalars(plain)]
        var short = ByteSet()
        var long: [RegularLanguage] = []
        for value in set.intersection(escaped).ranges.joined() {
            if let escape = shortEscapes[value] {
                for byte in escape.utf8 { short.insert(byte) }
            } else if let scalar = Unicode.Scalar(value) {
                long.append(.literal(Array(spelling(of: String(scalar)).dropFirst())))
            }
        }
        if !short.isEmpty { long.append(.bytes(short)) }
        if !long.isEmpty { choices.append(.sequence([.literal("\\"), .choice(long)])) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    // MARK: Any value

    static let anyString = quoted(.repetition(anyCharacter, atLeast: 0, atMost: nil))
}
