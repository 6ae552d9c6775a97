package import JSON
import OrderedCollections

/// A request or reply that is written as JSON.
package protocol WireEncodable: Sendable {
    var json: JSONValue { get }
}

/// Builds a JSON object in the order of its calls, leaving out what Go's `omitempty` leaves out.
package struct WireObject {
    private var fields: JSONObject = [:]

    package init() {}

    package var json: JSONValue { .object(fields) }

    package mutating func set(_ key: String, _ value: JSONValue) {
        fields[key] = value
    }

    package mutating func set(_ key: String, _ value: String) {
        fields[key] = .string(value)
    }

    package mutating func set(_ key: String, _ value: Int) {
        fields[key] = .integer(value)
    }

    package mutating func set(_ key: String, _ value: Bool) {
        fields[key] = .bool(value)
    }

    package mutating func set(_ key: String, _ value: some WireEncodable) {
        fields[key] = value.json
    }

    package mutating func set(_ key: String, _ values: [some WireEncodable]) {
        fields[key] = .array(values.map(\.json))
    }

    package mutating func set(_ key: String, _ values: [String]) {
        fields[key] = .array(values.map { .string($0) })
    }

    package mutating func setIfPresent(_ key: String, _ value: JSONValue?) {
        if let value { fields[key] = value }
    }

    package mutating func setIfPresent(_ key: String, _ value: Bool?) {
        if let value { fields[key] = .bool(value) }
    }

    package mutating func setIfPresent(_ key: String, _ value: Int?) {
        if let value { fields[key] = .integer(value) }
    }

    package mutating func setIfPresent(_ key: String, _ value: (some WireEncodable)?) {
        if let value { fields[key] = value.json }
    }

    package mutating func setUnlessEmpty(_ key: String, _ value: String?) {
        if let value, !value.isEmpty { fields[key] = .string(value) }
    }

    package mutating func setUnlessZero(_ key: String, _ value: Int?) {
        if let value, value != 0 { fields[key] = .integer(value) }
    }

    package mutating func setIfTrue(_ key: String, _ value: Bool) {
        if value { fields[key] = .bool(true) }
    }

    package mutating func setUnlessEmpty(_ key: String, _ values: [String]) {
        if !values.isEmpty { set(key, values) }
    }

    package mutating func setUnlessEmpty(_ key: String, _ values: [some WireEncodable]) {
        if !values.isEmpty { set(key, values) }
    }

    package mutating func setUnlessEmpty(_ key: String, _ values: [JSONValue]) {
        if !values.isEmpty { fields[key] = .array(values) }
    }

    package mutating func setUnlessEmpty(_ key: String, _ object: JSONObject) {
        if !object.isEmpty { fields[key] = .object(object) }
    }
}
