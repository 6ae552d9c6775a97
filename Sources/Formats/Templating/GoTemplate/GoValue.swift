/// A value that a Go template works on.
package indirect enum GoValue: Hashable, Sendable {
    /// Go's nil; also what an absent key of a map gives.
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(MarkedText)
    case slice([GoValue])
    /// Ranged over and printed in the order of its keys' bytes. Keys are contents, as far as they are printed.
    case map([String: GoValue])
    case structure(GoStruct)
    /// A value whose type prints itself.
    case printing(GoValue, as: GoStringer)
}

/// How a type with a `String` method prints its values.
package enum GoStringer: Hashable, Sendable {
    /// As compact JSON.
    case json
    /// A list of names: a single one as it is, several as `[a, b]`.
    case names
}

/// A value of a Go struct type: asking for a field that is not declared is an error.
package struct GoStruct: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        /// The key in JSON; nil keeps the field's name.
        package var jsonName: String?
        /// Left out of JSON where the value is empty.
        package var omitsEmpty: Bool
        package var value: GoValue

        package init(_ name: String, json: String? = nil, omitsEmpty: Bool = false, _ value: GoValue) {
            self.name = name
            self.jsonName = json
            self.omitsEmpty = omitsEmpty
            self.value = value
        }
    }

    /// As error messages name it.
    package var typeName: String
    package var fields: [Field]

    package init(_ typeName: String, _ fields: [Field]) {
        self.typeName = typeName
        self.fields = fields
    }

    func value(of name: String) -> GoValue? {
        fields.first { $0.name == name }?.value
    }
}

extension GoValue {
    /// A text that whoever talks to the model has written.
    package static func content(_ text: String) -> GoValue { .string(.content(text)) }

    /// About how many bytes the value takes as a template's variable.
    package var templateBytes: Int {
        let ownBytes = 48
        return switch self {
        case .null, .bool, .int, .float: ownBytes
        case .string(let text): ownBytes + text.utf8.count
        case .slice(let elements): elements.reduce(ownBytes) { $0 + $1.templateBytes }
        case .map(let entries):
            entries.reduce(ownBytes) { $0 + ownBytes + $1.key.utf8.count + $1.value.templateBytes }
        case .structure(let structure): structure.fields.reduce(ownBytes) { $0 + $1.value.templateBytes }
        case .printing(let value, _): value.templateBytes
        }
    }

    var holdsContent: Bool {
        switch self {
        case .null, .bool, .int, .float: false
        case .string(let text): text.holdsContent
        case .slice(let elements): elements.contains(where: \.holdsContent)
        case .map(let entries): !entries.isEmpty
        case .structure(let structure): structure.fields.contains { $0.value.holdsContent }
        case .printing(let value, _): value.holdsContent
        }
    }

    /// The value itself, without the way its type prints.
    var underlying: GoValue {
        if case .printing(let value, _) = self { value.underlying } else { self }
    }

    /// Go's truth: false, 0, nil and what is empty are false; a struct is true.
    var isTrue: Bool {
        switch underlying {
        case .null: false
        case .bool(let flag): flag
        case .int(let integer): integer != 0
        case .float(let number): number != 0
        case .string(let string): !string.isEmpty
        case .slice(let elements): !elements.isEmpty
        case .map(let entries): !entries.isEmpty
        case .structure, .printing: true
        }
    }

    /// The name of the Go type, as error messages and `%T` show it.
    var typeName: String {
        switch self {
        case .null: "<nil>"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .slice: "[]interface {}"
        case .map: "map[string]interface {}"
        case .structure(let structure): structure.typeName
        case .printing(let value, _): value.typeName
        }
    }
}

extension [String: GoValue] {
    /// The entries in the order in which Go ranges over and prints them.
    var inKeyOrder: [(key: String, value: GoValue)] {
        sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
