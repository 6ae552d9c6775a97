import JSON

/// A schema with all that its references may name.
struct SchemaDocument {
    let root: JSONValue
    /// How references from elsewhere name the document.
    private let identifier: String?

    init(root: JSONValue) {
        self.root = root
        identifier = root["$id"]?.stringValue.map { $0.hasSuffix("#") ? String($0.dropLast()) : $0 }
    }

    /// The schema that a reference names; nil where there is none in the document.
    func node(for reference: String) -> SchemaNode? {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let document = parts.first, document.isEmpty || String(document) == identifier else { return nil }
        let fragment = parts.count > 1 ? parts[1] : ""
        if fragment.isEmpty || fragment.hasPrefix("/") || fragment.hasPrefix("%") {
            return JSONPointer.tokens(ofFragment: fragment).flatMap(node)
        }
        return anchor(String(fragment))
    }

    private func node(at tokens: [String]) -> SchemaNode? {
        var node = SchemaNode(root, path: "#")
        for token in tokens {
            let next = node.schema.arrayValue == nil ? node[token] : Int(token).flatMap { node[$0] }
            guard let next else { return nil }
            node = next
        }
        return node
    }

    /// Looks where definitions stand: an anchor elsewhere could as well be part of a value.
    private func anchor(_ name: String) -> SchemaNode? {
        let root = SchemaNode(root, path: "#")
        if root.schema["$anchor"]?.stringValue == name { return root }
        for keyword in ["$defs", "definitions"] {
            guard let definitions = root[keyword], let members = definitions.schema.objectValue else { continue }
            for (key, schema) in members where schema["$anchor"]?.stringValue == name { return definitions[key] }
        }
        return nil
    }
}
