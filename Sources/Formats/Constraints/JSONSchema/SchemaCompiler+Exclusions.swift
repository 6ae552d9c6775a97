import JSON
import OrderedCollections

/// What `oneOf`, `not` and `if` exclude. A set of arrays or objects is left as it is where it has nothing in common with
/// what is excluded; else it is cut down to parts that have not. The parts need not be all there are.
extension SchemaCompiler {
    /// Levels of members that are looked into.
    private static let depthOfProofs = 6

    // MARK: Parts without what is excluded

    mutating func withoutExclusions(_ object: ObjectSet) throws(SchemaError) -> [ObjectSet] {
        try parts(of: object, without: \.excluded) { compiler, object, other throws(SchemaError) in
            try compiler.isDisjoint(object, other, depth: 0)
        } cutting: { compiler, object, other throws(SchemaError) in
            try compiler.parts(of: object, without: other)
        }
    }

    mutating func withoutExclusions(_ array: ArraySet) throws(SchemaError) -> [ArraySet] {
        try parts(of: array, without: \.excluded) { compiler, array, other throws(SchemaError) in
            try compiler.isDisjoint(array, other, depth: 0)
        } cutting: { _, array, other in
            var lengths: [ArraySet] = []
            if other.least > 0 { lengths.append(ArraySet(most: other.least - 1)) }
            if let most = other.most { lengths.append(ArraySet(least: most + 1)) }
            return lengths.compactMap(array.intersection)
        }
    }

    /// - Parameters:
    ///   - isDisjoint: whether a set has nothing in common with what is excluded.
    ///   - cut: its parts that have not.
    private mutating func parts<Values>(
        of whole: Values, without excluded: WritableKeyPath<Values, [Exclusion<Values>]>,
        unless isDisjoint: (inout Self, Values, Values) throws(SchemaError) -> Bool,
        cutting cut: (inout Self, Values, Values) throws(SchemaError) -> [Values]
    ) throws(SchemaError) -> [Values] {
        var result: [Values] = []
        var waiting = [whole]
        while var values = waiting.popLast() {
            try work.spend(1)
            guard let exclusion = values[keyPath: excluded].first else {
                result.append(values)
                continue
            }
            values[keyPath: excluded].removeFirst()
            if try isDisjoint(&self, values, exclusion.values) {
                waiting.append(values)
                continue
            }
            let parts = try cut(&self, values, exclusion.values)
            guard !parts.isEmpty else { throw indistinguishable(exclusion.keyword, exclusion.path) }
            waiting += parts.reversed()
        }
        return result
    }

    private func indistinguishable(_ keyword: String, _ path: String) -> SchemaError {
        let reason =
            keyword == "oneOf"
            ? "its schemas have to differ in a type, or in a member that is constant or required"
            : "what it excludes has to differ in a type, or in a member that is constant or required"
        return .unsupported(keyword: keyword, path: path, reason: reason)
    }

    /// Parts of a set of objects that lack a name which the others have to have, or have a value that they cannot have.
    private mutating func parts(
        of object: ObjectSet, without other: ObjectSet
    ) throws(SchemaError) -> [ObjectSet] {
        var parts: [ObjectSet] = []
        for name in other.required {
            try work.spend(1)
            if let part = object.intersection(ObjectSet(forbidden: [name])) { parts.append(part) }
        }
        for name in other.declaredNames.union(other.forbidden) {
            try work.spend(1)
            guard try canWrite(name, in: object) else { continue }
            var part = ObjectSet(required: [name])
            if let value = try value(of: name, in: other) {
                if value.isAny { continue }
                part.excludedValues[name] = [value]
            }
            guard let part = object.intersection(part), let left = try value(of: name, in: part),
                try !values(of: left).isEmpty
            else { continue }
            parts.append(part)
        }
        if other.least > 0, let part = object.intersection(ObjectSet(most: other.least - 1)) { parts.append(part) }
        return parts
    }

    // MARK: Proofs

    /// Whether no object that is written for one set is in another one. False where this is not known.
    private mutating func isDisjoint(
        _ written: ObjectSet, _ other: ObjectSet, depth: Int
    ) throws(SchemaError) -> Bool {
        if let most = other.most, written.least > most || written.required.count > most { return true }
        for name in other.required {
            guard try canWrite(name, in: written) else { return true }
        }
        for name in written.required {
            try work.spend(1)
            guard let value = try value(of: name, in: written), let otherValue = try self.value(of: name, in: other)
            else { return true }
            if otherValue.isAny { continue }
            if try isDisjoint(value, otherValue, depth: depth + 1) { return true }
        }
        return false
    }

    private mutating func canWrite(_ name: String, in object: ObjectSet) throws(SchemaError) -> Bool {
        guard object.isOpen || object.declaredNames.contains(name) else { return false }
        return try value(of: name, in: object) != nil
    }

    private mutating func isDisjoint(
        _ written: ArraySet, _ other: ArraySet, depth: Int
    ) throws(SchemaError) -> Bool {
        if let most = other.most, written.least > most { return true }
        if let most = written.mostWritten, most < other.least { return true }
        for index in 0..<min(written.least, Self.depthOfProofs) {
            if try isDisjoint(written.item(at: index), other.item(at: index), depth: depth + 1) { return true }
        }
        return false
    }

    private mutating func isDisjoint(
        _ written: Conjunction, _ other: Conjunction, depth: Int
    ) throws(SchemaError) -> Bool {
        guard depth < Self.depthOfProofs else { return false }
        let (left, right) = (try values(of: written), try values(of: other))
        try work.spend(1 + left.count * right.count)
        if left.allowsNull && right.allowsNull || !left.booleans.isDisjoint(with: right.booleans) { return false }
        for number in left.numbers {
            guard right.numbers.allSatisfy(number.isDisjoint) else { return false }
        }
        for string in left.strings {
            for other in right.strings {
                guard try isDisjoint(string, other) else { return false }
            }
        }
        for array in left.arrays {
            for other in right.arrays {
                guard try isDisjoint(array, other, depth: depth) else { return false }
            }
        }
        for object in left.objects {
            for other in right.objects {
                guard try isDisjoint(object, other, depth: depth) else { return false }
            }
        }
        return true
    }

    private mutating func isDisjoint(_ left: StringSet, _ right: StringSet) throws(SchemaError) -> Bool {
        guard let both = left.intersection(right) else { return true }
        guard !both.languages.isEmpty || !both.excluded.isEmpty else { return false }
        try work.spend(64)
        return (try? texts.isEmpty(both.language(hasOneSpelling: true))) ?? false
    }
}
