import JSON

/// A schema and where it stands in the document, which tells it from all others.
struct SchemaNode: Hashable, Sendable {
    let schema: JSONValue
    /// A JSON pointer as a fragment.
    let path: String

    init(_ schema: JSONValue, path: String) {
        self.schema = schema
        self.path = path
    }

    subscript(keyword: String) -> SchemaNode? {
        schema[keyword].map { SchemaNode($0, path: "\(path)/\(JSONPointer.escaped(keyword))") }
    }

    subscript(index: Int) -> SchemaNode? { schema[index].map { SchemaNode($0, path: "\(path)/\(index)") } }

    static func == (left: SchemaNode, right: SchemaNode) -> Bool { left.path == right.path }

    func hash(into hasher: inout Hasher) { hasher.combine(path) }

    /// It allows every value.
    var isAny: Bool { schema == .bool(true) || schema.objectValue?.isEmpty ?? false }
    /// It allows none, and says so.
    var isNever: Bool { schema == .bool(false) }
}

/// Schemas that a value has to match, and conjunctions that it must not match.
struct Conjunction: Hashable, Sendable {
    private(set) var all: [SchemaNode] = []
    private(set) var none: [Conjunction] = []

    init(_ all: [SchemaNode], none: [Conjunction] = []) {
        for node in all where !node.isAny && !self.all.contains(node) { self.all.append(node) }
        for conjunction in none where !self.none.contains(conjunction) { self.none.append(conjunction) }
    }

    var isAny: Bool { all.isEmpty && none.isEmpty }
    var isNever: Bool { all.contains(where: \.isNever) || none.contains(where: \.isAny) }
}

enum JSONPointer {
    static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        return token.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }

    /// The tokens of a pointer written as a fragment, without `#`; nil where it is none.
    static func tokens(ofFragment fragment: Substring) -> [String]? {
        guard let decoded = fragment.percentDecoded else { return nil }
        if decoded.isEmpty { return [] }
        guard decoded.hasPrefix("/") else { return nil }
        return decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { token in
            token.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }
}
