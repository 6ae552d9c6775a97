/// Arrays that fulfil all of some conditions.
struct ArraySet: Hashable, Sendable {
    /// What one schema says of items.
    struct Items: Hashable, Sendable {
        var prefix: [SchemaNode]
        /// Nil where the schema does not say.
        var rest: SchemaNode?
    }

    var items: [Items] = []
    var least = 0
    var most: Int?
    /// The schema that asks for items that differ.
    var unique: SchemaNode?
    var excluded: [Exclusion<ArraySet>] = []

    static let any = ArraySet()

    /// Nil where nothing is in both, as far as lengths tell.
    func intersection(_ other: ArraySet) -> ArraySet? {
        var result = self
        for items in other.items where !result.items.contains(items) { result.items.append(items) }
        result.least = max(least, other.least)
        result.most = [most, other.most].compactMap { $0 }.min()
        result.unique = unique ?? other.unique
        for exclusion in other.excluded where !result.excluded.contains(exclusion) { result.excluded.append(exclusion) }
        if let most = result.most, most < result.least { return nil }
        return result
    }

    /// What the item at an index has to be.
    func item(at index: Int) -> Conjunction {
        Conjunction(
            items.compactMap { $0.prefix.indices.contains(index) ? $0.prefix[index] : $0.rest })
    }

    /// From here on all items have to be the same.
    var prefixLength: Int { items.map(\.prefix.count).max() ?? 0 }

    /// The most items that are written: where schemas name the first ones and say nothing of others, there are no others.
    var mostWritten: Int? {
        let isOpen = items.isEmpty || items.contains { $0.rest != nil }
        return isOpen ? most : min(max(prefixLength, least), most ?? .max)
    }
}

/// Values that must not be among those of a set, and the keyword that says so.
struct Exclusion<Values: Hashable & Sendable>: Hashable, Sendable {
    var values: Values
    var keyword: String
    var path: String
}
