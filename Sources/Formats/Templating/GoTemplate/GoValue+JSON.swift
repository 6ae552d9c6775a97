package import JSON
import OrderedCollections

extension GoValue {
    /// A value as Go's `json.Unmarshal` makes it: objects become maps, so that the order of their keys is lost.
    package init(json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let integer): self = .int(integer)
        case .number(let number): self = .float(number)
        case .string(let string): self = .string(string)
        case .array(let elements): self = .slice(elements.map { GoValue(json: $0) })
        case .object(let members):
            self = .map(Dictionary(members.map { ($0.key, GoValue(json: $0.value)) }, uniquingKeysWith: { $1 }))
        }
    }

    /// What Go's `json.Marshal` writes.
    package var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let integer): .integer(integer)
        case .float(let number): .number(number)
        case .string(let string): .string(string)
        case .slice(let elements): .array(elements.map(\.json))
        case .map(let entries):
            .object(JSONObject(entries.inKeyOrder.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
        case .structure(let structure): .object(structure.json)
        case .printing(.slice(let names), as: .names) where names.count == 1: names[0].json
        case .printing(let value, _): value.json
        }
    }

    /// The text that the type's `String` method gives; nil for a type without one.
    var stringerText: String? {
        guard case .printing(let value, let stringer) = self else { return nil }
        switch stringer {
        case .json: return JSONWriter(.go).text(of: value.json)
        case .names:
            guard case .slice(let names) = value else { return value.stringerText }
            let texts = names.map { GoFormatter.text(of: $0) }
            return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        }
    }
}

extension GoStruct {
    fileprivate var json: JSONObject {
        var members = JSONObject()
        for field in fields where !(field.omitsEmpty && field.value.isOmittedWhenEmpty) {
            members[field.jsonName ?? field.name] = field.value.json
        }
        return members
    }
}

extension GoValue {
    /// What `omitempty` leaves out: as `isTrue`, for structs are never empty.
    fileprivate var isOmittedWhenEmpty: Bool { !isTrue }
}
