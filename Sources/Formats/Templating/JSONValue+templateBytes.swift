package import JSON

extension JSONValue {
    /// About how many bytes the value takes as a template's variable.
    package var templateBytes: Int {
        switch self {
        case .null, .bool, .integer, .number: Self.ownBytes
        case .string(let text): Self.ownBytes + text.utf8.count
        case .array(let elements): elements.reduce(Self.ownBytes) { $0 + $1.templateBytes }
        case .object(let members):
            members.reduce(Self.ownBytes) { $0 + Self.ownBytes + $1.key.utf8.count + $1.value.templateBytes }
        }
    }

    private static let ownBytes = 48
}
