/// A Swift type that a metadata value can be read as.
package protocol GGUFConvertible: Sendable {
    /// - Throws: `wrongType` or `valueOutOfRange`, naming `key`.
    static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> Self
}

extension GGUFConvertible where Self: FixedWidthInteger {
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> Self {
        if let result = value.integer(Self.self) { return result }
        guard value.isInteger else { throw .wrongType(key: key, expected: "an integer", found: value.foundType) }
        throw .valueOutOfRange(key: key, value: value.description, expected: "\(Self.self)")
    }
}

extension Int: GGUFConvertible {}
extension Int8: GGUFConvertible {}
extension Int16: GGUFConvertible {}
extension Int32: GGUFConvertible {}
extension Int64: GGUFConvertible {}
extension UInt: GGUFConvertible {}
extension UInt8: GGUFConvertible {}
extension UInt16: GGUFConvertible {}
extension UInt32: GGUFConvertible {}
extension UInt64: GGUFConvertible {}

extension Double: GGUFConvertible {
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> Double {
        guard let number = value.double else {
            throw .wrongType(key: key, expected: "a number", found: value.foundType)
        }
        return number
    }
}

extension Float: GGUFConvertible {
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> Float {
        Float(try Double.converted(from: value, key: key))
    }
}

extension Bool: GGUFConvertible {
    /// A boolean; some writers use the integers 0 and 1.
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> Bool {
        if case .bool(let flag) = value { return flag }
        switch value.integer(Int.self) {
        case 0: return false
        case 1: return true
        default: throw .wrongType(key: key, expected: "a boolean", found: value.foundType)
        }
    }
}

extension String: GGUFConvertible {
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> String {
        guard case .string(let text) = value else {
            throw .wrongType(key: key, expected: "text", found: value.foundType)
        }
        return text
    }
}

extension GGUFArray: GGUFConvertible {
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> GGUFArray {
        guard case .array(let array) = value else {
            throw .wrongType(key: key, expected: "an array", found: value.foundType)
        }
        return array
    }
}

extension Array: GGUFConvertible where Element: GGUFConvertible {
    package static func converted(from value: GGUFValue, key: String) throws(GGUFError) -> [Element] {
        let array = try GGUFArray.converted(from: value, key: key)
        var result: [Element] = []
        result.reserveCapacity(array.count)
        var failure: GGUFError?
        try array.visit { element in
            do throws(GGUFError) {
                result.append(try Element.converted(from: element, key: key))
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return result
    }
}

extension GGUFValue {
    /// The type in words, for messages.
    fileprivate var foundType: String {
        if case .array(let array) = self { array.typeDescription } else { "\(type)" }
    }
}
