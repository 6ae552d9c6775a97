/// A model's full name, `host/namespace/model:tag`.
///
/// Every part keeps to a grammar that makes it a safe name of a file: it begins with a letter, a digit or an
/// underscore, and holds no slash. Names that differ only in case are equal.
package struct ModelName: Sendable {
    package let host: String
    package let namespace: String
    package let model: String
    package let tag: String

    package static let defaultHost = "registry.ollama.ai"
    package static let defaultNamespace = "library"
    package static let defaultTag = "latest"

    package init(host: String, namespace: String, model: String, tag: String) throws(ModelLibraryError) {
        self.host = host
        self.namespace = namespace
        self.model = model
        self.tag = tag
        guard NamePart.allCases.allSatisfy({ $0.accepts(self[$0]) }) else {
            throw .invalidName("\(host)/\(namespace)/\(model):\(tag)")
        }
    }

    /// Reads `[scheme://][host/][namespace/]model[:tag]`, or `pip://package[==version]`; absent parts take their defaults.
    package init(_ text: String) throws(ModelLibraryError) {
        self = try ModelReference(text).name
    }

    /// Reads a name without a scheme.
    init(withoutScheme text: Substring) throws(ModelLibraryError) {
        var rest = try SourceSuffix.name(in: text)
        var tag: Substring?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        var parts: [Substring] = []
        while parts.count < 2, let slash = rest.lastIndex(of: "/") {
            parts.append(rest[rest.index(after: slash)...])
            rest = rest[..<slash]
        }
        parts.append(rest)
        try self.init(
            host: parts.count > 2 ? String(parts[2]) : Self.defaultHost,
            namespace: parts.count > 1 ? String(parts[1]) : Self.defaultNamespace,
            model: String(parts[0]), tag: tag.map(String.init) ?? Self.defaultTag)
    }

    subscript(part: NamePart) -> String {
        switch part {
        case .host: host
        case .namespace: namespace
        case .model: model
        case .tag: tag
        }
    }

    /// `host/namespace/model:tag`.
    package var full: String { "\(host)/\(namespace)/\(model):\(tag)" }
}

extension ModelName: CustomStringConvertible {
    /// The shortest spelling that reads back as this name; the tag is always there.
    package var description: String {
        // A tag that reads as a source needs one behind it.
        Self.same(tag, "local") ? shortest + SourceSuffix.local : shortest
    }

    private var shortest: String {
        guard Self.same(host, Self.defaultHost) else { return full }
        guard Self.same(namespace, Self.defaultNamespace) else { return "\(namespace)/\(model):\(tag)" }
        return "\(model):\(tag)"
    }
}

extension ModelName: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        NamePart.allCases.allSatisfy { same(left[$0], right[$0]) }
    }

    package func hash(into hasher: inout Hasher) {
        for part in NamePart.allCases { hasher.combine(self[part].lowercased()) }
    }

    /// Parts are ASCII.
    static func same(_ left: String, _ right: String) -> Bool {
        left == right || left.lowercased() == right.lowercased()
    }
}

/// The four parts of a name, which are also the four levels of folders below `manifests`.
enum NamePart: Int, CaseIterable {
    case host, namespace, model, tag

    func accepts(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= (self == .host ? 350 : 80) else { return false }
        return Self.isWord(first) && bytes.dropFirst().allSatisfy { Self.isWord($0) || isPunctuation($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"): true
        case UInt8(ascii: "."): self != .namespace
        case UInt8(ascii: ":"): self == .host
        default: false
        }
    }
}
