/// An array of a GGUF file's metadata. It stays in the file: a vocabulary of a quarter of a million strings costs nothing
/// until it is read.
package struct GGUFArray: @unchecked Sendable {
    package let elementType: GGUFValueType
    package let count: Int
    /// The elements as they lie in the file, walked over once before the array was made.
    let bytes: UnsafeRawBufferPointer
    private let owner: MappedFile

    init(elementType: GGUFValueType, count: Int, bytes: UnsafeRawBufferPointer, owner: MappedFile) {
        self.elementType = elementType
        self.count = count
        self.bytes = bytes
        self.owner = owner
    }

    /// Calls `body` with each element in turn until it returns false.
    package func visit(_ body: (GGUFValue) -> Bool) throws(GGUFError) {
        var reader = GGUFReader(bytes)
        for _ in 0..<count {
            let value = try reader.value(of: elementType, key: "array element", owner: owner, depth: 0)
            guard body(value) else { return }
        }
    }

    /// The elements, or the first `limit` of them.
    package func elements(limit: Int = .max) throws(GGUFError) -> [GGUFValue] {
        var result: [GGUFValue] = []
        result.reserveCapacity(min(limit, count))
        guard limit > 0 else { return result }
        try visit { value in
            result.append(value)
            return result.count < limit
        }
        return result
    }

    /// The first `limit` elements as an array, which are not copied.
    package func prefix(_ limit: Int) throws(GGUFError) -> GGUFArray {
        let count = max(0, min(limit, self.count))
        var reader = GGUFReader(bytes)
        for _ in 0..<count {
            if elementType == .string {
                _ = try reader.string(of: "array element")
            } else {
                _ = try reader.value(of: elementType, key: "array element", owner: owner, depth: 0)
            }
        }
        let contents = UnsafeRawBufferPointer(rebasing: bytes[..<reader.offset])
        return GGUFArray(elementType: elementType, count: count, bytes: contents, owner: owner)
    }

    /// Calls `body` with the bytes of each string in turn; they are valid during the call only.
    ///
    /// - Throws: `wrongType` where the elements are no strings.
    package func visitStrings(_ body: (UnsafeRawBufferPointer) -> Void) throws(GGUFError) {
        guard elementType == .string else {
            throw .wrongType(key: "array", expected: "an array of strings", found: typeDescription)
        }
        var reader = GGUFReader(bytes)
        for _ in 0..<count { body(try reader.string(of: "array element")) }
    }

    package var typeDescription: String { "an array of \(count) \(elementType)" }
}

extension GGUFArray {
    /// Strings as an array in memory, for the writer.
    package init(_ strings: [String]) {
        var encoded: [UInt8] = []
        for string in strings { encoded.appendString(string) }
        self.init(elementType: .string, count: strings.count, encoded: encoded)
    }

    /// Byte strings as an array in memory, for tokens that are no text.
    package init(byteStrings: [[UInt8]]) {
        var encoded: [UInt8] = []
        for string in byteStrings {
            encoded.appendInteger(UInt64(string.count))
            encoded += string
        }
        self.init(elementType: .string, count: byteStrings.count, encoded: encoded)
    }

    package init(_ numbers: [Float]) {
        var encoded: [UInt8] = []
        for number in numbers { encoded.appendInteger(number.bitPattern) }
        self.init(elementType: .float32, count: numbers.count, encoded: encoded)
    }

    package init(_ numbers: [Int32]) {
        var encoded: [UInt8] = []
        for number in numbers { encoded.appendInteger(number) }
        self.init(elementType: .int32, count: numbers.count, encoded: encoded)
    }

    package init(_ numbers: [UInt32]) {
        var encoded: [UInt8] = []
        for number in numbers { encoded.appendInteger(number) }
        self.init(elementType: .uint32, count: numbers.count, encoded: encoded)
    }

    package init(_ flags: [Bool]) {
        self.init(elementType: .bool, count: flags.count, encoded: flags.map { $0 ? 1 : 0 })
    }

    private init(elementType: GGUFValueType, count: Int, encoded: [UInt8]) {
        let owner = MappedFile(copying: encoded)
        self.init(elementType: elementType, count: count, bytes: owner.bytes, owner: owner)
    }
}

extension GGUFArray: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.elementType == right.elementType && left.count == right.count && left.bytes.elementsEqual(right.bytes)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(elementType)
        hasher.combine(count)
        hasher.combine(bytes: bytes)
    }
}

extension GGUFArray: CustomStringConvertible {
    /// The first elements, and how many there are in all.
    package var description: String {
        let shown = 8
        var parts: [String] = []
        for element in (try? elements(limit: shown)) ?? [] {
            parts.append(element.abbreviated)
        }
        if count > shown { parts.append("… \(count) in all") }
        return "[" + parts.joined(separator: ", ") + "]"
    }
}
