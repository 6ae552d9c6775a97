import OrderedCollections

/// Reads JSON as RFC 8259 defines it. Of duplicate keys the last wins; surrogates without a partner become U+FFFD.
package struct JSONParser {
    /// What is accepted.
    package struct Options: Sendable {
        /// How many arrays and objects may lie in one another.
        package var maximumDepth: Int
        /// Bytes that are not UTF-8 become U+FFFD, as in Go's decoder, where they are an error otherwise.
        package var replacesInvalidUTF8: Bool
        /// How many bytes the values may take beyond those of the text: `[[0],[0]]` takes twenty times as many.
        package var memoryAllowance: Int

        package init(
            maximumDepth: Int = 512, replacesInvalidUTF8: Bool = false, memoryAllowance: Int = 32 << 20
        ) {
            self.maximumDepth = maximumDepth
            self.replacesInvalidUTF8 = replacesInvalidUTF8
            self.memoryAllowance = memoryAllowance
        }
    }

    let bytes: [UInt8]
    let options: Options
    var position = 0
    private var depth = 0
    private let memoryLimit: Int
    private var memory = 0

    private init(_ bytes: [UInt8], _ options: Options) {
        self.bytes = bytes
        self.options = options
        memoryLimit = bytes.count + options.memoryAllowance
    }

    /// Parses a document: one value and white space around it.
    package static func parse(_ bytes: [UInt8], options: Options = Options()) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes, options)
        let value = try parser.parseValue()
        parser.skipWhitespace()
        if let byte = parser.peek {
            throw .unexpectedCharacter(byte, context: "after top-level value", offset: parser.position)
        }
        return value
    }

    package static func parse(_ text: String, options: Options = Options()) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), options: options)
    }

    /// Parses the first value from `start` on and ignores what follows it, as Go's stream decoder does.
    /// - Returns: the value and the offset of the byte after it.
    package static func parsePrefix(
        of bytes: [UInt8], from start: Int = 0, options: Options = Options()
    ) throws(JSONError) -> (value: JSONValue, end: Int) {
        var parser = JSONParser(bytes, options)
        parser.position = min(max(start, 0), bytes.count)
        parser.skipWhitespace()
        guard parser.peek != nil else { throw .endOfStream(offset: parser.position) }
        do throws(JSONError) {
            return (try parser.parseValue(), parser.position)
        } catch .unexpectedEnd(let offset) {
            throw .truncatedStream(offset: offset)
        }
    }

    // MARK: Values

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        skipWhitespace()
        switch try byte() {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseLiteral("true", .bool(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .bool(false))
        case UInt8(ascii: "n"): return try parseLiteral("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        case let byte: throw unexpected(byte, "looking for beginning of value")
        }
    }

    private mutating func parseLiteral(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            let expected = word.utf8Start[index]
            let found = try byte()
            guard found == expected else {
                let wanted = Character(Unicode.Scalar(expected))
                throw unexpected(found, "in literal \(word) (expecting '\(wanted)')")
            }
            position += 1
        }
        return value
    }

    private mutating func parseArray() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        skipWhitespace()
        if try byte() == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            let element = try parseValue()
            if elements.count == elements.capacity {
                try charge(Self.objectBytes + max(1, elements.capacity) * MemoryLayout<JSONValue>.stride)
            }
            elements.append(element)
            skipWhitespace()
            switch try byte() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                leave()
                return .array(elements)
            case let byte: throw unexpected(byte, "after array element")
            }
        }
    }

    private mutating func parseObject() throws(JSONError) -> JSONValue {
        try enter()
        var members = JSONObject()
        skipWhitespace()
        if try byte() == UInt8(ascii: "}") {
            leave()
            return .object(members)
        }
        while true {
            skipWhitespace()
            let quote = try byte()
            guard quote == UInt8(ascii: "\"") else {
                throw unexpected(quote, "looking for beginning of object key string")
            }
            let key = try parseString()
            skipWhitespace()
            let colon = try byte()
            guard colon == UInt8(ascii: ":") else { throw unexpected(colon, "after object key") }
            position += 1
            let value = try parseValue()
            try charge(members.isEmpty ? 2 * Self.objectBytes + Self.memberBytes : Self.memberBytes)
            members[key] = value
            skipWhitespace()
            switch try byte() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                leave()
                return .object(members)
            case let byte: throw unexpected(byte, "after object key:value pair")
            }
        }
    }

    // MARK: Memory

    /// What an array takes besides its elements.
    static let objectBytes = 48
    /// A key, a value and their place in a table, with room to grow.
    private static let memberBytes = 2 * (MemoryLayout<String>.stride + MemoryLayout<JSONValue>.stride)

    /// Pays for memory before it is used.
    mutating func charge(_ count: Int) throws(JSONError) {
        memory += count
        guard memory <= memoryLimit else { throw .tooLarge(limit: memoryLimit, offset: position) }
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= options.maximumDepth else { throw .tooDeep(limit: options.maximumDepth, offset: position) }
        position += 1
    }

    private mutating func leave() {
        depth -= 1
        position += 1
    }

    // MARK: Bytes

    var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    /// The byte at the position, which stays.
    func byte() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw .unexpectedEnd(offset: bytes.count) }
        return bytes[position]
    }

    func unexpected(_ byte: UInt8, _ context: String) -> JSONError {
        .unexpectedCharacter(byte, context: context, offset: position)
    }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }
}
