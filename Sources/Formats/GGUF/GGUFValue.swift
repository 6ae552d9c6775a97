/// The types of metadata values with their numbers in the file.
package enum GGUFValueType: UInt32, CaseIterable, Sendable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// The bytes of a value in an array, and for strings and arrays the fewest that one can take.
    var smallestSize: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64, .string: 8
        case .array: 12
        }
    }
}

/// A value of a GGUF file's metadata.
package enum GGUFValue: Hashable, Sendable {
    case uint8(UInt8)
    case int8(Int8)
    case uint16(UInt16)
    case int16(Int16)
    case uint32(UInt32)
    case int32(Int32)
    case float32(Float)
    case bool(Bool)
    /// Bytes that are no valid UTF-8 have become U+FFFD.
    case string(String)
    case array(GGUFArray)
    case uint64(UInt64)
    case int64(Int64)
    case float64(Double)

    package var type: GGUFValueType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .array: .array
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// The value as an integer type if it is an integer that fits.
    package func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value? {
        switch self {
        case .uint8(let value): Value(exactly: value)
        case .int8(let value): Value(exactly: value)
        case .uint16(let value): Value(exactly: value)
        case .int16(let value): Value(exactly: value)
        case .uint32(let value): Value(exactly: value)
        case .int32(let value): Value(exactly: value)
        case .uint64(let value): Value(exactly: value)
        case .int64(let value): Value(exactly: value)
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    package var isInteger: Bool { integer(Int64.self) != nil || integer(UInt64.self) != nil }

    /// The value as a floating-point number if it is a number.
    package var double: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: integer(Int64.self).map(Double.init) ?? integer(UInt64.self).map(Double.init)
        }
    }
}

extension GGUFValue: CustomStringConvertible {
    /// Numbers and booleans as written in JSON, text as it is, arrays with their first elements.
    package var description: String {
        switch self {
        case .uint8(let value): value.description
        case .int8(let value): value.description
        case .uint16(let value): value.description
        case .int16(let value): value.description
        case .uint32(let value): value.description
        case .int32(let value): value.description
        case .uint64(let value): value.description
        case .int64(let value): value.description
        case .float32(let value): value.description
        case .float64(let value): value.description
        case .bool(let value): value.description
        case .string(let value): value
        case .array(let value): value.description
        }
    }

    /// The value on one short line: text quoted, and cut where it is long.
    var abbreviated: String {
        guard case .string(let text) = self else { return description }
        let shown = text.prefix(120)
        let quoted = String(shown).debugDescription
        return shown.endIndex == text.endIndex ? quoted : "\(quoted)… (\(text.utf8.count) bytes)"
    }
}
