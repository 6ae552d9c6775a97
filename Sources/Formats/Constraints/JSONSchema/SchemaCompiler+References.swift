import JSON

extension SchemaCompiler {
    func target(of node: SchemaNode) throws(SchemaError) -> SchemaNode? {
        guard let value = node.schema["$ref"] else { return nil }
        guard let reference = value.stringValue else {
            throw .invalid(keyword: "$ref", path: node.path, reason: "it is not a string")
        }
        guard let target = document.node(for: reference) else { throw .unknownReference(reference, path: node.path) }
        return target
    }

    /// Schemas in the place of those that only refer to them, so that one rule stands for all references.
    func withoutBareReferences(_ conjunction: Conjunction) throws(SchemaError) -> Conjunction {
        var nodes: [SchemaNode] = []
        for node in conjunction.all {
            var node = node
            var seen: Set<String> = []
            while isBareReference(node), let target = try target(of: node) {
                guard seen.insert(node.path).inserted else { throw .cyclicReference(path: node.path) }
                node = target
            }
            nodes.append(node)
        }
        return Conjunction(nodes, none: conjunction.none)
    }

    private func isBareReference(_ node: SchemaNode) -> Bool {
        guard let members = node.schema.objectValue, members["$ref"] != nil else { return false }
        return members.keys.allSatisfy { $0 == "$ref" || SchemaKeywords.annotations.contains($0) }
    }
}
