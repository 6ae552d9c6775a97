package import JSON

/// The tools of a request, as far as reading calls of them goes.
package struct DeclaredTools: Hashable, Sendable {
    /// A type of JSON Schema that a text may be read as, in the order in which that is tried.
    private enum Kind: String, CaseIterable {
        case boolean, integer, number, array, object, string, null
    }

    package let names: [String]
    /// By the tool's name.
    private let schemas: [String: JSONObject]
    private let strictNames: Set<String>

    /// - Parameter tools: definitions as the caller wrote them: `{"type": "function", "function": {…}}`.
    package init(_ tools: [JSONValue]) {
        var names: [String] = []
        var schemas: [String: JSONObject] = [:]
        var strictNames: Set<String> = []
        for tool in tools {
            let function = tool["function"] ?? tool
            guard let name = function["name"]?.stringValue, !name.isEmpty, schemas[name] == nil else { continue }
            names.append(name)
            schemas[name] = function["parameters"]?.objectValue ?? [:]
            if function["strict"]?.boolValue == true { strictNames.insert(name) }
        }
        self.names = names
        self.schemas = schemas
        self.strictNames = strictNames
    }

    /// The JSON schema of a tool's arguments: an object, and one without members where the definition describes none.
    func schema(of tool: String) -> JSONObject {
        var schema = schemas[tool] ?? [:]
        schema["type"] = "object"
        if !Self.describesMembers(schema) { schema["additionalProperties"] = false }
        return schema
    }

    /// Whether arguments have to be as the schema says in every point, by OpenAI's `strict`.
    func isStrict(_ tool: String) -> Bool { strictNames.contains(tool) }

    private static func describesMembers(_ schema: JSONObject) -> Bool {
        schema.contains { keyword, value in
            switch keyword {
            case "type", "title", "description", "$schema", "$defs", "definitions": false
            case "properties": value.objectValue?.isEmpty != true
            case "required": value.arrayValue?.isEmpty != true
            default: true
            }
        }
    }

    package var isEmpty: Bool { names.isEmpty }

    /// The tool that a model means by a name: some write the namespace that their prompt had, or a name made an identifier.
    func resolve(_ name: String) -> String? {
        if schemas[name] != nil { return name }
        let prefix = "functions."
        if name.hasPrefix(prefix) { return resolve(String(name.dropFirst(prefix.count))) }
        if let own = withoutNamespace(name) { return own }
        let wanted = Self.identifier(name)
        let same = names.filter { Self.identifier($0) == wanted }
        return same.count == 1 ? same[0] : nil
    }

    /// The tool of a name behind the namespace that prompts give it, which is its own first part: `read` in `read.read`.
    private func withoutNamespace(_ name: String) -> String? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let own = String(name[dot...].dropFirst())
        return schemas[own] != nil && own.prefix { $0 != "." } == name[..<dot] ? own : nil
    }

    private static func identifier(_ name: String) -> [UInt8] {
        name.utf8.map { $0.isLetter || $0.isDigit || $0 >= 0x80 ? $0 : UInt8(ascii: "_") }
    }

    /// Whether a tool's name begins so; white space at the front does not count.
    func hasName(startingWith start: [UInt8]) -> Bool {
        let start = start.drop(while: \.isJSONSpace)
        return names.contains { $0.utf8.starts(with: start) }
    }

    /// The parameter at a position of the definition, for calls that name none.
    func parameter(at index: Int, of tool: String) -> String? {
        guard let properties = properties(of: tool), properties.keys.indices.contains(index) else { return nil }
        return properties.keys[index]
    }

    func hasRequired(_ arguments: JSONObject, of tool: String) -> Bool {
        let required = schemas[tool]?["required"]?.arrayValue ?? []
        return required.allSatisfy { $0.stringValue.map { arguments[$0] != nil } ?? true }
    }

    /// Whether a parameter takes strings only, so that its text needs no reading.
    func takesOnlyStrings(_ parameter: String, of tool: String) -> Bool {
        kinds(of: parameter, in: tool) == [.string]
    }

    /// An argument that a model wrote as bare text, read by the types that the parameter is declared with.
    func value(of text: String, for parameter: String, of tool: String) -> JSONValue {
        let kinds = kinds(of: parameter, in: tool)
        if kinds == [.string] { return .string(text) }
        if text.lowercased() == "null" { return .null }
        guard !kinds.isEmpty else { return .string(text) }
        let parsed = Self.parse(text)
        for kind in Kind.allCases where kinds.contains(kind) {
            switch (kind, parsed) {
            case (.boolean, _):
                if let flag = Self.flag(text) { return .bool(flag) }
                if kinds == [.boolean] { return .bool(false) }
            case (.integer, let value?), (.number, let value?):
                if let integer = value.intValue { return .integer(integer) }
                if kind == .number, value.doubleValue != nil { return value }
            case (.array, .array?), (.object, .object?): return parsed ?? .null
            default: continue
            }
        }
        return .string(text)
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// JSON, or the same in Python's spelling.
    private static func parse(_ text: String) -> JSONValue? {
        if let value = try? JSONParser.parse(text) { return value }
        var reader = LiteralReader(.python)
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch reader.take(byte, into: &output) {
            case .more, .done: continue
            case .doneBefore, .invalid: return nil
            }
        }
        guard reader.finish(into: &output) else { return nil }
        return try? JSONParser.parse(output)
    }

    private func properties(of tool: String) -> JSONObject? { schemas[tool]?["properties"]?.objectValue }

    private func kinds(of parameter: String, in tool: String) -> Set<Kind> {
        guard let schema = properties(of: tool)?[parameter] else { return [] }
        var names: Set<String> = []
        collectTypes(of: schema, root: schemas[tool] ?? [:], depth: 0, into: &names)
        return Set(names.compactMap(Kind.init(rawValue:)))
    }

    private func collectTypes(of schema: JSONValue, root: JSONObject, depth: Int, into names: inout Set<String>) {
        guard depth < 8 else { return }
        if let name = schema["type"]?.stringValue { names.insert(name) }
        for name in schema["type"]?.arrayValue ?? [] { names.formUnion(name.stringValue.map { [$0] } ?? []) }
        for key in ["anyOf", "oneOf", "allOf"] {
            for part in schema[key]?.arrayValue?.prefix(64) ?? [] {
                collectTypes(of: part, root: root, depth: depth + 1, into: &names)
            }
        }
        for key in ["$defs", "definitions"] {
            let prefix = "#/\(key)/"
            guard let reference = schema["$ref"]?.stringValue, reference.hasPrefix(prefix),
                let target = root[key]?[String(reference.dropFirst(prefix.count))]
            else { continue }
            collectTypes(of: target, root: root, depth: depth + 1, into: &names)
        }
        guard schema["type"] == nil else { return }
        let values = (schema["enum"]?.arrayValue ?? []) + (schema["const"].map { [$0] } ?? [])
        names.formUnion(values.map(\.schemaType))
    }
}

extension JSONValue {
    fileprivate var schemaType: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
