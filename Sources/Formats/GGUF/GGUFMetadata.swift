/// The keys and values of a GGUF file, in the file's order.
package struct GGUFMetadata: Hashable, Sendable {
    package private(set) var keys: [String] = []
    private var values: [String: GGUFValue] = [:]

    package init() {}

    package var count: Int { keys.count }

    /// The value of `key`; setting nil removes it, setting a new key appends it.
    package subscript(key: String) -> GGUFValue? {
        get { values[key] }
        set {
            let old = values.updateValue(newValue, at: key)
            if old == nil, newValue != nil {
                keys.append(key)
            } else if old != nil, newValue == nil {
                keys.removeAll { $0 == key }
            }
        }
    }

    /// `general.architecture`, such as `llama`.
    package var architecture: String? { try? require("general.architecture") }

    /// `key` under the file's architecture: `context_length` becomes `llama.context_length`.
    package func architectureKey(_ key: String) -> String { "\(architecture ?? "unknown").\(key)" }

    /// Whether the file says how the rows of a text become one: the model was made for embeddings.
    package var namesPooling: Bool { self[architectureKey("pooling_type")] != nil }

    /// The value of `key` as `type`.
    ///
    /// - Throws: `missingKey`, `wrongType` or `valueOutOfRange`.
    package func require<Value: GGUFConvertible>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(GGUFError) -> Value {
        guard let value = values[key] else { throw .missingKey(key) }
        return try Value.converted(from: value, key: key)
    }

    /// The value of `key`, or `fallback` where the file has no such key. A value of the wrong type is an error.
    package func value<Value: GGUFConvertible>(_ key: String, default fallback: Value) throws(GGUFError) -> Value {
        try value(key) ?? fallback
    }

    /// The value of `key`, or nil where the file has no such key. A value of the wrong type is an error.
    package func value<Value: GGUFConvertible>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(GGUFError) -> Value? {
        guard let value = values[key] else { return nil }
        return try Value.converted(from: value, key: key)
    }

    /// `count` values of `key`, which may be one value for all (layers) or an array with at least `count` elements.
    package func requireEach<Value: GGUFConvertible>(
        _ key: String, count: Int, as type: Value.Type = Value.self
    ) throws(GGUFError) -> [Value] {
        guard case .array(let array)? = values[key] else {
            return Array(repeating: try require(key), count: count)
        }
        guard array.count >= count else {
            throw .wrongType(key: key, expected: "an array of \(count)", found: array.typeDescription)
        }
        return Array(try require(key, as: [Value].self).prefix(count))
    }
}

extension [String: GGUFValue] {
    /// Sets or removes the value at `key` and returns the one before.
    fileprivate mutating func updateValue(_ value: GGUFValue?, at key: String) -> GGUFValue? {
        guard let value else { return removeValue(forKey: key) }
        return updateValue(value, forKey: key)
    }
}
