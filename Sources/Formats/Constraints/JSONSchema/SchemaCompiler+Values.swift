import JSON
import OrderedCollections

extension SchemaCompiler {
    /// The values that a conjunction allows.
    mutating func values(of conjunction: Conjunction) throws(SchemaError) -> ValueSet {
        var result = ValueSet.any
        for node in conjunction.all {
            result = try result.intersection(values(of: node), work: &work)
        }
        for excluded in conjunction.none {
            let path = excluded.all.first?.path ?? "#"
            let complement = try values(of: excluded).complement(keyword: "not", path: path)
            result = try result.intersection(complement, work: &work)
        }
        return result
    }

    mutating func values(of node: SchemaNode) throws(SchemaError) -> ValueSet {
        if let known = knownSets[node.path] {
            guard let known else { throw .cyclicReference(path: node.path) }
            return known
        }
        guard depth < Self.nesting else { throw .tooLarge("levels of schemas for one value", limit: Self.nesting) }
        depth += 1
        defer { depth -= 1 }
        try work.spend(1)
        knownSets[node.path] = .some(nil)
        let result = try readValues(of: node)
        try work.spend(result.count)
        knownSets[node.path] = result
        return result
    }

    private mutating func readValues(of node: SchemaNode) throws(SchemaError) -> ValueSet {
        switch node.schema {
        case .bool(let isAny): return isAny ? .any : .nothing
        case .object(let members): return try readValues(of: node, members)
        default: throw .notASchema(path: node.path)
        }
    }

    private mutating func readValues(of node: SchemaNode, _ members: JSONObject) throws(SchemaError) -> ValueSet {
        try work.spend(members.count)
        for keyword in members.keys where !SchemaKeywords.annotations.contains(keyword) {
            // An identifier of the document is how references name it; others would change what references mean.
            if keyword == "$id", node.path == "#" { continue }
            guard SchemaKeywords.constraints.contains(keyword) else {
                throw .unsupported(keyword: keyword, path: node.path, reason: "")
            }
        }
        var result = try readType(of: node)
        if !result.numbers.isEmpty { try restrictNumbers(of: &result, by: node) }
        if !result.strings.isEmpty { try restrictStrings(of: &result, by: node) }
        if !result.arrays.isEmpty, let array = try readArray(of: node) { result.arrays = [array] }
        if !result.objects.isEmpty, let object = try readObject(of: node) { result.objects = [object] }
        func restrict(_ set: ValueSet) throws(SchemaError) {
            result = try result.intersection(set, work: &work)
        }
        if let value = node["const"] { try restrict(constant(value)) }
        if let values = node["enum"] { try restrict(enumeration(values, in: node)) }
        if let target = try target(of: node) { try restrict(self.values(of: target)) }
        for schema in try schemas(of: "allOf", in: node) { try restrict(self.values(of: schema)) }
        if node["anyOf"] != nil {
            var union = ValueSet.nothing
            for schema in try schemas(of: "anyOf", in: node) { union.add(try self.values(of: schema)) }
            try restrict(union.joined())
        }
        if node["oneOf"] != nil { try restrict(exactlyOne(of: schemas(of: "oneOf", in: node), in: node)) }
        if let schema = node["not"] {
            try restrict(self.values(of: schema).complement(keyword: "not", path: node.path))
        }
        if let condition = node["if"], node["then"] != nil || node["else"] != nil {
            try restrict(conditional(condition, in: node))
        }
        try restrictByDependencies(&result, of: node)
        return result
    }

    // MARK: Types

    private func readType(of node: SchemaNode) throws(SchemaError) -> ValueSet {
        guard let type = node.schema["type"] else { return .any }
        let names = type.arrayValue ?? [type]
        guard !names.isEmpty else { throw .invalid(keyword: "type", path: node.path, reason: "it lists nothing") }
        var result = ValueSet.nothing
        for name in names {
            switch name.stringValue {
            case "null": result.allowsNull = true
            case "boolean": result.booleans = [false, true]
            case "number": result.numbers = [.any]
            case "integer": if result.numbers.isEmpty { result.numbers = [NumberSet(isInteger: true)] }
            case "string": result.strings = [.any]
            case "array": result.arrays = [.any]
            case "object": result.objects = [.any]
            case let name?:
                throw .invalid(keyword: "type", path: node.path, reason: "\"\(name.excerpt(40))\" is not a type")
            case nil: throw .invalid(keyword: "type", path: node.path, reason: "it is not a string")
            }
        }
        return result
    }

    // MARK: Listed values

    /// A container is a set of which each part is one value.
    private mutating func constant(_ node: SchemaNode) throws(SchemaError) -> ValueSet {
        try work.spend(1)
        switch node.schema {
        case .null: return ValueSet(allowsNull: true)
        case .bool(let boolean): return ValueSet(booleans: [boolean])
        case .integer, .number:
            guard let number = DecimalNumber(node.schema), abs(number.point) <= 40 else {
                throw .unsupported(keyword: "const", path: node.path, reason: "the number has too many digits")
            }
            return ValueSet(numbers: [NumberSet(isInteger: number.isInteger, values: [number])])
        case .string(let string): return ValueSet(strings: [StringSet(values: [string])])
        case .array(let elements):
            try work.spend(elements.count)
            let prefix = elements.indices.map { constantSchema(elements[$0], path: "\(node.path)/\($0)") }
            let items = ArraySet.Items(prefix: prefix, rest: SchemaNode(.bool(false), path: node.path + "/items"))
            return ValueSet(arrays: [ArraySet(items: [items], least: elements.count, most: elements.count)])
        case .object(let members):
            try work.spend(members.count)
            var object = ObjectSet()
            var properties = ObjectSet.Members()
            for (key, value) in members {
                properties.properties[key] = constantSchema(
                    value, path: "\(node.path)/\(JSONPointer.escaped(key))")
            }
            properties.additional = SchemaNode(.bool(false), path: node.path + "/additionalProperties")
            object.members = [properties]
            object.required = properties.properties.keys
            return ValueSet(objects: [object])
        }
    }

    /// Paths of constants name values; that of their schemas must not be that of a schema.
    private func constantSchema(_ value: JSONValue, path: String) -> SchemaNode {
        SchemaNode(.object(["const": value]), path: path + "/(value)")
    }

    private mutating func enumeration(_ node: SchemaNode, in parent: SchemaNode) throws(SchemaError) -> ValueSet {
        guard let values = node.schema.arrayValue else {
            throw .invalid(keyword: "enum", path: parent.path, reason: "it is not an array")
        }
        try work.spend(values.count)
        var result = ValueSet.nothing
        var strings: [String] = []
        var numbers: OrderedSet<DecimalNumber> = []
        for (index, value) in values.enumerated() {
            switch value {
            case .null: result.allowsNull = true
            case .bool(let boolean): result.booleans.insert(boolean)
            case .string(let string): strings.append(string)
            case .integer, .number:
                guard let number = DecimalNumber(value), abs(number.point) <= 40 else {
                    throw .unsupported(keyword: "enum", path: parent.path, reason: "a number has too many digits")
                }
                numbers.append(number)
            case .array, .object:
                let set = try constant(SchemaNode(value, path: "\(node.path)/\(index)"))
                result.arrays += set.arrays
                result.objects += set.objects
            }
        }
        if !strings.isEmpty { result.strings = [StringSet(values: strings)] }
        if !numbers.isEmpty {
            result.numbers = [NumberSet(isInteger: numbers.allSatisfy(\.isInteger), values: Array(numbers))]
        }
        return result
    }

    // MARK: Applicators

    func schemas(of keyword: String, in node: SchemaNode) throws(SchemaError) -> [SchemaNode] {
        guard let list = node[keyword] else { return [] }
        guard let elements = list.schema.arrayValue, !elements.isEmpty else {
            throw .invalid(keyword: keyword, path: node.path, reason: "it is not an array of schemas")
        }
        return elements.indices.compactMap { list[$0] }
    }

    /// Of each schema the values that no other one has. Whether an array or object is one of another schema is decided
    /// when all that is known of it has come together.
    private mutating func exactlyOne(
        of schemas: [SchemaNode], in node: SchemaNode
    ) throws(SchemaError) -> ValueSet {
        var sets: [ValueSet] = []
        for schema in schemas { sets.append(try values(of: schema)) }
        try work.spend(16 * sets.count * sets.count)
        var result = ValueSet.nothing
        for (index, set) in sets.enumerated() {
            var others = ValueSet.nothing
            for (other, otherSet) in sets.enumerated() where other != index {
                others.add(otherSet.withoutScalars(disjointFrom: set))
            }
            let complement = others.complement(keyword: "oneOf", path: node.path)
            result.add(try set.intersection(complement, work: &work))
        }
        return result.joined()
    }

    private mutating func conditional(
        _ condition: SchemaNode, in node: SchemaNode
    ) throws(SchemaError) -> ValueSet {
        let matching = try values(of: condition)
        var yes = matching
        var no = matching.complement(keyword: "if", path: node.path)
        if let schema = node["then"] { yes = try yes.intersection(values(of: schema), work: &work) }
        if let schema = node["else"] { no = try no.intersection(values(of: schema), work: &work) }
        yes.add(no)
        return yes.joined()
    }

    private mutating func restrictByDependencies(
        _ result: inout ValueSet, of node: SchemaNode
    ) throws(SchemaError) {
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            guard let dependencies = node[keyword] else { continue }
            guard let members = dependencies.schema.objectValue else {
                throw .invalid(keyword: keyword, path: node.path, reason: "it is not an object")
            }
            for key in members.keys {
                guard let dependency = dependencies[key] else { continue }
                var present = ValueSet.any
                if keyword != "dependentSchemas", dependency.schema.arrayValue != nil {
                    let names = try self.names(dependency.schema, keyword: keyword, path: node.path)
                    present.objects = [ObjectSet(required: names)]
                } else if keyword != "dependentRequired" {
                    present = try values(of: dependency)
                } else {
                    throw .invalid(keyword: keyword, path: node.path, reason: "it does not list names")
                }
                var presence = ValueSet.nothing
                presence.objects = [ObjectSet(required: [key])]
                present = try present.intersection(presence, work: &work)
                var either = ValueSet.any
                either.objects = [ObjectSet(forbidden: [key])]
                either.add(present)
                result = try result.intersection(either.joined(), work: &work)
            }
        }
    }
}

extension ValueSet {
    /// Without strings and numbers that have nothing in common with those of another set.
    func withoutScalars(disjointFrom other: ValueSet) -> ValueSet {
        var result = self
        result.strings.removeAll { set in other.strings.allSatisfy { $0.isDisjoint(from: set) } }
        result.numbers.removeAll { set in other.numbers.allSatisfy { $0.isDisjoint(from: set) } }
        return result
    }
}
