import JSON
import OrderedCollections

extension JinjaValue {
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .float(value)
        case .string(let value): self = .string(value)
        case .array(let elements): self = .list(elements.map { JinjaValue($0) })
        case .object(let members): self = .dictionary(JinjaDictionary(members))
        }
    }

    /// The value as `json.dumps` sees it.
    /// - Throws: if it holds something that JSON has no form for.
    func json() throws(TemplateError) -> JSONValue {
        switch self {
        case .none: return .null
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .float(let value): return .number(value)
        case .string(let text), .markup(let text): return .string(text)
        case .list(let sequence), .tuple(let sequence):
            var elements: [JSONValue] = []
            elements.reserveCapacity(sequence.elements.count)
            for element in sequence.elements { elements.append(try element.json()) }
            return .array(elements)
        case .dictionary(let dictionary):
            var members = JSONObject(minimumCapacity: dictionary.entries.count)
            for (key, value) in dictionary.entries { members[try key.jsonKey()] = try value.json() }
            return .object(members)
        default: throw TemplateError(.evaluation, "Object of type \(typeName) is not JSON serializable")
        }
    }

    private func jsonKey() throws(TemplateError) -> String {
        switch self {
        case .string(let text), .markup(let text): return text
        case .none: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .float(let value): return NumberText.pythonJSON(value)
        default:
            throw TemplateError(
                .evaluation, "keys must be str, int, float, bool or None, not \(typeName)")
        }
    }
}

extension JinjaDictionary {
    convenience init(_ members: JSONObject) {
        var entries = OrderedDictionary<JinjaValue, JinjaValue>(minimumCapacity: members.count)
        for (key, value) in members { entries[.string(key)] = JinjaValue(value) }
        self.init(entries)
    }
}
