import APITypes
import Generation
import HTTPTypes
import JSON
import OrderedCollections

/// The options of a request, by name. Those that this engine has no use for are checked and left out.
extension GenerationOptions {
    private static let unusedIntegers: Set = ["num_gpu", "main_gpu"]

    /// What is empty is not set.
    /// - Throws: `APIFailure` where a value has the wrong type.
    init(_ object: JSONObject) throws {
        self.init()
        for (name, value) in object where value != .null && value != .string("") {
            if let key = Self.integers[name] {
                self[keyPath: key] = try Self.integer(name, value)
            } else if let key = Self.floats[name] {
                guard let number = value.doubleValue else { throw Self.failure(name, "float32") }
                self[keyPath: key] = Float(number)
            } else if name == "stop" {
                stop = try Self.texts(name, value)
            } else if name == "draft" {
                guard let text = value.stringValue else { throw Self.failure(name, "string") }
                draft = text
            } else if Self.unusedIntegers.contains(name) {
                _ = try Self.integer(name, value)
            } else if name == "use_mmap", value.boolValue == nil {
                throw Self.failure(name, "boolean")
            }
        }
    }

    /// Numbers with a fraction lose it.
    private static func integer(_ name: String, _ value: JSONValue) throws -> Int {
        switch value {
        case .integer(let integer): return integer
        case .number(let number):
            guard let integer = Int(exactly: number.rounded(.towardZero)) else { throw failure(name, "integer") }
            return integer
        default: throw failure(name, "integer")
        }
    }

    /// One text or a list of them, of which `{}` is an empty one; empty texts are left out.
    private static func texts(_ name: String, _ value: JSONValue) throws -> [String] {
        let elements = value == .object([:]) ? [] : value.arrayValue ?? [value]
        return try elements.filter { !$0.isNull && $0 != .string("") }.map { element in
            guard let text = element.stringValue else {
                throw APIFailure(.badRequest, "option \(goQuoted(name)) must be of an array of strings")
            }
            return text
        }
    }

    private static func failure(_ name: String, _ type: String) -> APIFailure {
        APIFailure(.badRequest, "option \(goQuoted(name)) must be of type \(type)")
    }
}
