import JSON
import OrderedCollections

/// Keywords of arrays and objects.
extension SchemaCompiler {
    // MARK: Arrays

    /// Nil where the schema says nothing of arrays.
    mutating func readArray(of node: SchemaNode) throws(SchemaError) -> ArraySet? {
        var result = ArraySet()
        var items = ArraySet.Items(prefix: [], rest: node["items"])
        if node["prefixItems"] != nil {
            items.prefix = try schemas(of: "prefixItems", in: node)
        } else if node.schema["items"]?.arrayValue != nil {
            // As the drafts before 2020-12 have it.
            items.prefix = node.schema["items"] == [] ? [] : try schemas(of: "items", in: node)
            items.rest = node["additionalItems"]
        }
        if !items.prefix.isEmpty || items.rest != nil { result.items = [items] }
        result.least = try count("minItems", in: node) ?? 0
        result.most = try count("maxItems", in: node)
        if try flag("uniqueItems", in: node) { result.unique = node }
        if let most = result.most, most < result.least {
            // No array has so many items and so few.
            result.items = [ArraySet.Items(prefix: [], rest: SchemaNode(.bool(false), path: node.path + "/items"))]
            result.least = max(result.least, 1)
            result.most = nil
        }
        return result == .any ? nil : result
    }

    // MARK: Objects

    /// Nil where the schema says nothing of objects.
    mutating func readObject(of node: SchemaNode) throws(SchemaError) -> ObjectSet? {
        var result = ObjectSet()
        var members = ObjectSet.Members()
        if let properties = node["properties"] {
            for key in try keys(of: properties, keyword: "properties", in: node) {
                members.properties[key] = properties[key]
            }
        }
        if let patterns = node["patternProperties"] {
            for key in try keys(of: patterns, keyword: "patternProperties", in: node) {
                guard let schema = patterns[key] else { continue }
                let language = try pattern(key, keyword: "patternProperties", path: node.path)
                members.patterns.append(ObjectSet.Pattern(language: language, node: schema))
            }
        }
        members.additional = node["additionalProperties"]
        if members != ObjectSet.Members() { result.members = [members] }
        if let required = node["required"] {
            result.required = try names(required.schema, keyword: "required", path: node.path)
        }
        if let names = node["propertyNames"] { result.names = [try values(of: names).strings] }
        result.least = try count("minProperties", in: node) ?? 0
        if result.least > 0 { result.leastNode = node }
        result.most = try count("maxProperties", in: node)
        return result == .any ? nil : result
    }

    private mutating func keys(
        of node: SchemaNode, keyword: String, in parent: SchemaNode
    ) throws(SchemaError) -> OrderedSet<String> {
        guard let members = node.schema.objectValue else {
            throw .invalid(keyword: keyword, path: parent.path, reason: "it is not an object")
        }
        try work.spend(members.count)
        return members.keys
    }

    mutating func names(_ value: JSONValue, keyword: String, path: String) throws(SchemaError) -> OrderedSet<String> {
        guard let elements = value.arrayValue else {
            throw .invalid(keyword: keyword, path: path, reason: "it is not an array of names")
        }
        try work.spend(elements.count)
        var result: OrderedSet<String> = []
        for element in elements {
            guard let name = element.stringValue else {
                throw .invalid(keyword: keyword, path: path, reason: "it is not an array of names")
            }
            result.append(name)
        }
        return result
    }
}
