package import JSON
import OrderedCollections

/// A request or reply that is read from JSON.
package protocol WireDecodable: Sendable {
    /// The name that error texts give the type.
    static var wireName: String { get }
    init(_ fields: WireFields) throws(WireError)
}

extension WireDecodable {
    package init(_ json: JSONValue) throws(WireError) {
        try self.init(WireFields(json, of: Self.wireName))
    }
}

/// The fields of a JSON object: keys match in any case, of equal ones the last counts, unknown keys are ignored.
///
/// Empty means not set: `null` does for every type, an empty text for every type but text, since forms and settings write
/// so what they leave open; and where a list is wanted, `{}` is an empty one, as Lua writes it. A value of another type
/// is refused, never guessed at.
package struct WireFields: Sendable {
    /// Root type and path so far, as error texts show it.
    private let path: String
    private let fields: [String: JSONValue]

    /// - Parameter type: the root type's name.
    package init(_ value: JSONValue, of type: String) throws(WireError) {
        guard case .object(let object) = value else {
            throw WireError.mismatch(value: value.wireKind, field: nil, type: "api.\(type)")
        }
        self.init(object, path: type)
    }

    private init(_ object: JSONObject, path: String) {
        self.path = path
        var fields: [String: JSONValue] = [:]
        for (key, value) in object {
            fields[key.lowercased()] = value
        }
        // Only now, so that a last `null` takes back what an equal key has said.
        fields = fields.filter { !$0.value.isNull }
        self.fields = fields
    }

    /// The value of a field that may be a text.
    package func value(_ key: String) -> JSONValue? {
        fields[key]
    }

    /// The value of a field that is no text, or no empty one.
    package func given(_ key: String) -> JSONValue? {
        fields[key] == .string("") ? nil : fields[key]
    }

    /// Whether a field asks for something: `null`, `false` and all that is empty do not.
    package func isSet(_ key: String) -> Bool {
        switch given(key) {
        case nil, .bool(false)?, .array([])?, .object([:])?: false
        default: true
        }
    }

    package func string(_ key: String) throws(WireError) -> String? {
        guard let value = fields[key] else { return nil }
        guard case .string(let string) = value else { throw mismatch(key, value, "string") }
        return string
    }

    package func bool(_ key: String) throws(WireError) -> Bool? {
        guard let value = given(key) else { return nil }
        guard case .bool(let bool) = value else { throw mismatch(key, value, "bool") }
        return bool
    }

    package func integer(_ key: String) throws(WireError) -> Int? {
        guard let value = given(key) else { return nil }
        return try integer(key, value)
    }

    /// Also `3.0` and `1e3`, as some clients write integers.
    private func integer(_ key: String, _ value: JSONValue) throws(WireError) -> Int {
        guard let integer = value.intValue else { throw mismatch(key, value, "int", showsNumber: true) }
        return integer
    }

    package func number(_ key: String) throws(WireError) -> Double? {
        guard let value = given(key) else { return nil }
        switch value {
        case .integer(let integer): return Double(integer)
        case .number(let number): return number
        default: throw mismatch(key, value, "float64")
        }
    }

    package func object(_ key: String) throws(WireError) -> JSONObject? {
        guard let value = given(key) else { return nil }
        guard case .object(let object) = value else { throw mismatch(key, value, "map[string]interface {}") }
        return object
    }

    /// The elements of an array, whatever they are.
    package func array(_ key: String, of type: String) throws(WireError) -> [JSONValue]? {
        guard let value = given(key) else { return nil }
        switch value {
        case .array(let elements): return elements
        case .object([:]): return []
        default: throw mismatch(key, value, "[]\(type)")
        }
    }

    package func strings(_ key: String) throws(WireError) -> [String]? {
        try map(key, of: "string") { (value) throws(WireError) in
            guard case .string(let string) = value else { throw mismatch(key, value, "string") }
            return string
        }
    }

    package func integers(_ key: String) throws(WireError) -> [Int]? {
        try map(key, of: "int") { (value) throws(WireError) in
            try integer(key, value)
        }
    }

    package func stringMap(_ key: String) throws(WireError) -> [(String, String)]? {
        guard let value = given(key) else { return nil }
        guard case .object(let object) = value else { throw mismatch(key, value, "map[string]string") }
        var pairs: [(String, String)] = []
        for (name, value) in object {
            guard case .string(let string) = value else { throw mismatch(key, value, "string") }
            pairs.append((name, string))
        }
        return pairs
    }

    package func decode<Value: WireDecodable>(_ key: String, as type: Value.Type) throws(WireError) -> Value? {
        guard let value = given(key) else { return nil }
        return try Value(nested(key, value, of: Value.wireName))
    }

    package func list<Value: WireDecodable>(_ key: String, of type: Value.Type) throws(WireError) -> [Value]? {
        try map(key, of: "api.\(Value.wireName)") { (value) throws(WireError) in
            try Value(nested(key, value, of: Value.wireName))
        }
    }

    private func nested(_ key: String, _ value: JSONValue, of type: String) throws(WireError) -> WireFields {
        guard case .object(let object) = value else { throw mismatch(key, value, "api.\(type)") }
        return WireFields(object, path: "\(path).\(key)")
    }

    private func map<Value>(
        _ key: String, of type: String, _ transform: (JSONValue) throws(WireError) -> Value
    ) throws(WireError) -> [Value]? {
        guard let elements = try array(key, of: type) else { return nil }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            values.append(try transform(element))
        }
        return values
    }

    package func mismatch(
        _ key: String, _ value: JSONValue, _ type: String, showsNumber: Bool = false
    ) -> WireError {
        var found = value.wireKind
        if showsNumber, case .number(let number) = value { found += " \(number)" }
        return .mismatch(value: found, field: "\(path).\(key)", type: type)
    }
}

extension JSONValue {
    /// The name of this value's JSON type in Go's error texts.
    var wireKind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer, .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
