/// A cursor over a GGUF file that never leaves it: every number, length and count is checked before use.
struct GGUFReader {
    /// The longest key that the format allows.
    static let longestKey = 65535
    /// ggml allows 63 bytes, builds of it a few more.
    static let longestTensorName = 1024
    /// Bytes of metadata and of descriptions of tensors that are read: several times what the largest vocabularies take.
    /// A sparse file may claim terabytes of them.
    static let longestDescription = 256 << 20
    /// Arrays of arrays are allowed, but no reader needs more than a few levels.
    static let deepestNesting = 4

    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0
    /// Where reading ends: with the file, or with the longest description.
    private let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        end = min(bytes.count, Self.longestDescription)
    }

    var remaining: Int { end - offset }

    mutating func integer<Value: FixedWidthInteger>(
        _ type: Value.Type = Value.self, of part: @autoclosure () -> String
    ) throws(GGUFError) -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else {
            throw end < bytes.count ? .descriptionTooLarge(end) : .truncated(part: part(), offset: offset)
        }
        defer { offset += size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// A count of things that take at least `minimumSize` bytes each in the rest of the file.
    mutating func count(minimumSize: Int, of part: @autoclosure () -> String) throws(GGUFError) -> Int {
        let start = offset
        let claim = try integer(UInt64.self, of: part())
        guard claim <= UInt64((bytes.count - offset) / minimumSize) else {
            throw .countExceedsFile(part: part(), count: claim, offset: start)
        }
        guard claim <= UInt64(remaining / minimumSize) else { throw .descriptionTooLarge(end) }
        return Int(claim)
    }

    /// The bytes of a length-prefixed string.
    mutating func string(of part: @autoclosure () -> String) throws(GGUFError) -> UnsafeRawBufferPointer {
        let length = try count(minimumSize: 1, of: part())
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
    }

    /// A key or a tensor's name: short and valid UTF-8.
    mutating func name(of part: @autoclosure () -> String, longest: Int) throws(GGUFError) -> String {
        let start = offset
        let text = try string(of: part())
        guard text.count <= longest else { throw .nameTooLong(length: UInt64(text.count), offset: start) }
        guard let name = String(validating: text, as: UTF8.self) else {
            throw .invalidUTF8(part: part(), offset: start)
        }
        return name
    }

    mutating func value(key: String, owner: MappedFile) throws(GGUFError) -> GGUFValue {
        let type = try valueType(key: key)
        return try value(of: type, key: key, owner: owner, depth: 0)
    }

    /// The scalar, string or array at the cursor. An array is walked over and stays in the file.
    mutating func value(
        of type: GGUFValueType, key: String, owner: MappedFile, depth: Int
    ) throws(GGUFError) -> GGUFValue {
        switch type {
        case .uint8: .uint8(try integer(of: "metadata '\(key)'"))
        case .int8: .int8(try integer(of: "metadata '\(key)'"))
        case .uint16: .uint16(try integer(of: "metadata '\(key)'"))
        case .int16: .int16(try integer(of: "metadata '\(key)'"))
        case .uint32: .uint32(try integer(of: "metadata '\(key)'"))
        case .int32: .int32(try integer(of: "metadata '\(key)'"))
        case .uint64: .uint64(try integer(of: "metadata '\(key)'"))
        case .int64: .int64(try integer(of: "metadata '\(key)'"))
        case .float32: .float32(Float(bitPattern: try integer(of: "metadata '\(key)'")))
        case .float64: .float64(Double(bitPattern: try integer(of: "metadata '\(key)'")))
        case .bool: .bool(try integer(UInt8.self, of: "metadata '\(key)'") != 0)
        case .string: .string(String(decoding: try string(of: "metadata '\(key)'"), as: UTF8.self))
        case .array: .array(try array(key: key, owner: owner, depth: depth))
        }
    }

    private mutating func valueType(key: String) throws(GGUFError) -> GGUFValueType {
        let start = offset
        let number = try integer(UInt32.self, of: "metadata '\(key)'")
        guard let type = GGUFValueType(rawValue: number) else {
            throw .unknownValueType(number, key: key, offset: start)
        }
        return type
    }

    private mutating func array(key: String, owner: MappedFile, depth: Int) throws(GGUFError) -> GGUFArray {
        guard depth < Self.deepestNesting else { throw .nestedTooDeeply(key: key, offset: offset) }
        let elementType = try valueType(key: key)
        let count = try count(minimumSize: elementType.smallestSize, of: "metadata '\(key)'")
        let start = offset
        switch elementType {
        case .string:
            for _ in 0..<count { _ = try string(of: "metadata '\(key)'") }
        case .array:
            for _ in 0..<count { _ = try array(key: key, owner: owner, depth: depth + 1) }
        default:
            offset += count * elementType.smallestSize
        }
        let contents = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
        return GGUFArray(elementType: elementType, count: count, bytes: contents, owner: owner)
    }
}
