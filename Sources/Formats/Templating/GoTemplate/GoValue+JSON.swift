package import JSON
import OrderedCollections

extension GoValue {
    /// A value as Go's `json.Unmarshal` makes it: objects become maps, so that the order of their keys is lost. Its texts
    /// are contents.
    package init(json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let integer): self = .int(integer)
        case .number(let number): self = .float(number)
        case .string(let string): self = .content(string)
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
        case .string(let string): .string(string.text)
        case .slice(let elements): .array(elements.map(\.json))
        case .map(let entries):
            .object(JSONObject(entries.inKeyOrder.map { ($0.key, $0.value.json) }, uniquingKeysWith: { $1 }))
        case .structure(let structure): .object(structure.json)
        case .printing(.slice(let names), as: .names) where names.count == 1: names[0].json
        case .printing(let value, _): value.json
        }
    }

    /// The text that the type's `String` method gives; nil for a type without one.
    var stringerText: MarkedText? {
        guard case .printing(let value, let stringer) = self else { return nil }
        switch stringer {
        case .json: return value.jsonText
        case .names:
            guard case .slice(let names) = value else { return value.stringerText }
            if names.count == 1 { return GoFormatter.text(of: names[0]) }
            var text: MarkedText = "["
            for (index, name) in names.enumerated() {
                if index > 0 { text.append(", ") }
                text.append(GoFormatter.text(of: name))
            }
            return text + "]"
        }
    }

    /// The value as compact JSON.
    var jsonText: MarkedText { MarkedText(JSONWriter(.go).text(of: json), isContent: holdsContent) }
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
