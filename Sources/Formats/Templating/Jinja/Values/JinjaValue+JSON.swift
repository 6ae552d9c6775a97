import JSON
import OrderedCollections

extension JinjaValue {
    /// - Parameter isContent: texts and keys of objects are contents.
    init(_ json: JSONValue, isContent: Bool) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .float(value)
        case .string(let value): self = .string(MarkedText(value, isContent: isContent))
        case .array(let elements): self = .list(elements.map { JinjaValue($0, isContent: isContent) })
        case .object(let members): self = .dictionary(JinjaDictionary(members, isContent: isContent))
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
        case .string(let text), .markup(let text): return .string(text.text)
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
        case .string(let text), .markup(let text): return text.text
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
    fileprivate convenience init(_ members: JSONObject, isContent: Bool) {
        var entries = OrderedDictionary<JinjaValue, JinjaValue>(minimumCapacity: members.count)
        for (key, value) in members {
            // Templates make marks of roles, such as `<|user|>`.
            let isRole = key == "role" && value.stringValue?.isRoleName == true
            entries[.string(MarkedText(key, isContent: isContent))] = JinjaValue(value, isContent: isContent && !isRole)
        }
        self.init(entries)
    }
}

extension String {
    /// Whether this is a word, so that no mark of a model can hide in it.
    package var isRoleName: Bool {
        utf8.count <= 64
            && utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
