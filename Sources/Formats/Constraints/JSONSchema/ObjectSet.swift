import JSON
import OrderedCollections

/// Objects that fulfil all of some conditions.
struct ObjectSet: Hashable, Sendable {
    /// What one schema says of members.
    struct Members: Hashable, Sendable {
        var properties: OrderedDictionary<String, SchemaNode> = [:]
        var patterns: [Pattern] = []
        /// Nil where the schema does not say.
        var additional: SchemaNode?
    }

    struct Pattern: Hashable, Sendable {
        /// Of names, not of their JSON.
        var language: RegularLanguage
        var node: SchemaNode
    }

    var members: [Members] = []
    var required: OrderedSet<String> = []
    var forbidden: Set<String> = []
    /// What names have to be: strings of one of the sets of each element.
    var names: [[StringSet]] = []
    var least = 0
    /// The schema that asks for the least number of members.
    var leastNode: SchemaNode?
    var most: Int?
    /// What values of members must not be.
    var excludedValues: OrderedDictionary<String, [Conjunction]> = [:]
    var excluded: [Exclusion<ObjectSet>] = []

    static let any = ObjectSet()

    /// Nil where nothing is in both, as far as required and forbidden names tell.
    func intersection(_ other: ObjectSet) -> ObjectSet? {
        var result = self
        for members in other.members where !result.members.contains(members) { result.members.append(members) }
        result.required.formUnion(other.required)
        result.forbidden.formUnion(other.forbidden)
        for names in other.names where !result.names.contains(names) { result.names.append(names) }
        if other.least > least { (result.least, result.leastNode) = (other.least, other.leastNode) }
        result.most = [most, other.most].compactMap { $0 }.min()
        for (key, values) in other.excludedValues { result.excludedValues[key, default: []] += values }
        for exclusion in other.excluded where !result.excluded.contains(exclusion) { result.excluded.append(exclusion) }
        guard result.forbidden.isDisjoint(with: result.required), result.least <= result.most ?? .max,
            result.required.count <= result.most ?? .max
        else { return nil }
        return result
    }

    /// All names that a schema writes down, in their order.
    var declaredNames: OrderedSet<String> {
        var result: OrderedSet<String> = []
        for members in members { result.formUnion(members.properties.keys) }
        result.formUnion(required)
        result.formUnion(excludedValues.keys)
        return result
    }

    /// Names that no schema writes down are written where a schema says what they mean, and where no schema names any.
    var isOpen: Bool {
        members.contains { $0.additional != nil || !$0.patterns.isEmpty } || declaredNames.isEmpty
    }
}
