import JSON

extension SchemaCompiler {
    /// Arrays as they are written.
    mutating func expressions(for array: ArraySet) throws(SchemaError) -> [Grammar.Expression] {
        var result: [Grammar.Expression] = []
        for array in try withoutExclusions(array) {
            if let expression = try expression(for: array) { result.append(expression) }
        }
        return result
    }

    private static let opening = Grammar.Expression.regular(.sequence([.literal("["), JSONText.space]))
    private static let comma = Grammar.Expression.regular(JSONText.comma)
    private static let closing = Grammar.Expression.regular(JSONText.closing("]"))
    private static let closingOfEmpty = Grammar.Expression.literal("]")

    /// Nil where there is no such array.
    private mutating func expression(for array: ArraySet) throws(SchemaError) -> Grammar.Expression? {
        let prefix = array.prefixLength
        try work.spend(prefix)
        var most = array.mostWritten
        for index in 0...prefix where index < most ?? .max {
            if array.item(at: index).isNever { most = index }
        }
        if let most, most < array.least { return nil }
        if let unique = array.unique, most ?? .max > 1 {
            return try expression(for: array, ofItemsThatDifferBy: unique, most: most)
        }
        var tail: Grammar.Expression
        if prefix < most ?? .max {
            let item = try expression(for: array.item(at: prefix))
            let least = max(array.least - prefix, 0)
            let left = most.map { $0 - prefix }
            guard prefix > 0 else {
                let items = Grammar.Expression.sequence([
                    item,
                    .repetition(
                        .sequence([Self.comma, item]), atLeast: max(least - 1, 0), atMost: left.map { $0 - 1 }),
                    Self.closing,
                ])
                return .sequence([Self.opening, least == 0 ? .choice([Self.closingOfEmpty, items]) : items])
            }
            tail = .sequence([
                .repetition(.sequence([Self.comma, item]), atLeast: least, atMost: left), Self.closing,
            ])
        } else {
            tail = Self.closing
        }
        for index in (0..<min(prefix, most ?? .max)).reversed() {
            let item = try expression(for: array.item(at: index))
            var next = Grammar.Expression.sequence(index == 0 ? [item, tail] : [Self.comma, item, tail])
            if index >= array.least { next = .choice([index == 0 ? Self.closingOfEmpty : Self.closing, next]) }
            let rule = grammar.declareRule()
            grammar.define(rule, as: next)
            tail = .rule(rule)
        }
        if prefix == 0 || most == 0 { return .sequence([Self.opening, Self.closingOfEmpty]) }
        return .sequence([Self.opening, tail])
    }

    // MARK: Items that differ

    /// Up to so many values stand in any order: there is a rule for each set of values that were used.
    private static let mostInAnyOrder = 8

    private mutating func expression(
        for array: ArraySet, ofItemsThatDifferBy node: SchemaNode, most: Int?
    ) throws(SchemaError) -> Grammar.Expression? {
        guard array.prefixLength == 0, let texts = try listedTexts(of: array.item(at: 0)) else {
            throw .unsupported(
                keyword: "uniqueItems", path: node.path, reason: "the items are not values of one list")
        }
        let most = min(most ?? texts.count, texts.count)
        guard array.least <= most else { return nil }
        let isInOrder = texts.count > Self.mostInAnyOrder
        let first = grammar.declareRule()
        var rules: [UsedItems: Grammar.Rule] = [UsedItems(): first]
        var waiting = [UsedItems()]
        while let used = waiting.popLast(), let rule = rules[used] {
            try work.spend(texts.count)
            var choices: [Grammar.Expression] = []
            if used.count >= array.least { choices.append(used.count == 0 ? Self.closingOfEmpty : Self.closing) }
            for (index, text) in texts.enumerated() where used.count < most {
                guard let next = used.adding(index, isInOrder: isInOrder) else { continue }
                let target = rules[next] ?? grammar.declareRule()
                if rules.updateValue(target, forKey: next) == nil { waiting.append(next) }
                let item = Grammar.Expression.sequence([.regular(text), .rule(target)])
                choices.append(used.count == 0 ? item : .sequence([Self.comma, item]))
            }
            grammar.define(rule, as: .choice(choices))
        }
        return .sequence([Self.opening, .rule(first)])
    }

    /// What has to be known of the items written so far.
    private struct UsedItems: Hashable {
        var count = 0
        /// All of them, or the last one where they stand in order.
        var items: Set<Int> = []

        /// Nil where the item may not follow.
        func adding(_ item: Int, isInOrder: Bool) -> UsedItems? {
            guard isInOrder else {
                return items.contains(item) ? nil : UsedItems(count: count + 1, items: items.union([item]))
            }
            return items.contains { $0 >= item } ? nil : UsedItems(count: count + 1, items: [item])
        }
    }

    /// The spellings of all values of a conjunction; nil where they are not listed.
    private mutating func listedTexts(of conjunction: Conjunction) throws(SchemaError) -> [RegularLanguage]? {
        let set = try values(of: conjunction)
        guard set.arrays.isEmpty, set.objects.isEmpty else { return nil }
        var result: [RegularLanguage] = set.allowsNull ? [.literal("null")] : []
        for boolean in [true, false] where set.booleans.contains(boolean) { result.append(.literal("\(boolean)")) }
        var numbers: Set<DecimalNumber> = []
        for set in set.numbers {
            guard let values = set.values else { return nil }
            for value in values where numbers.insert(value).inserted { result.append(.literal(value.text)) }
        }
        var strings: Set<String> = []
        for set in set.strings {
            guard let values = set.values, set.languages.isEmpty, set.excluded.isEmpty else { return nil }
            for value in values where strings.insert(value).inserted {
                result.append(JSONText.quoted(.literal(JSONText.spelling(of: value))))
            }
        }
        return result
    }
}
