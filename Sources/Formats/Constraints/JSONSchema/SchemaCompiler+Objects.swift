import JSON
import OrderedCollections

extension SchemaCompiler {
    /// Objects as they are written: names that schemas declare in their order, then others.
    mutating func expressions(for object: ObjectSet) throws(SchemaError) -> [Grammar.Expression] {
        var result: [Grammar.Expression] = []
        for object in try withoutExclusions(object) {
            if let expression = try expression(for: object) { result.append(expression) }
        }
        return result
    }

    private static let opening = Grammar.Expression.regular(.sequence([.literal("{"), JSONText.space]))
    private static let comma = Grammar.Expression.regular(JSONText.comma)
    private static let closing = Grammar.Expression.regular(JSONText.closing("}"))
    private static let closingOfEmpty = Grammar.Expression.literal("}")

    // MARK: What members have to be

    /// What the value of a member has to be; nil where there may be no such member.
    mutating func value(of name: String, in object: ObjectSet) throws(SchemaError) -> Conjunction? {
        if object.forbidden.contains(name) { return nil }
        for sets in object.names {
            guard try contains(name, inOneOf: sets) else { return nil }
        }
        var nodes: [SchemaNode] = []
        for members in object.members {
            var isNamed = false
            if let node = members.properties[name] {
                nodes.append(node)
                isNamed = true
            }
            for pattern in members.patterns where try contains(name, in: pattern.language) {
                nodes.append(pattern.node)
                isNamed = true
            }
            if !isNamed, let node = members.additional { nodes.append(node) }
        }
        let result = Conjunction(nodes, none: object.excludedValues[name] ?? [])
        return result.isNever ? nil : result
    }

    mutating func contains(_ text: String, in language: RegularLanguage) throws(SchemaError) -> Bool {
        try work.spend(1 + text.utf8.count)
        do throws(ConstraintError) {
            return try texts.contains(text, in: language)
        } catch {
            throw .tooLarge("parts of patterns", limit: limits.expressions)
        }
    }

    private mutating func contains(_ text: String, inOneOf sets: [StringSet]) throws(SchemaError) -> Bool {
        for set in sets {
            guard set.intersection(StringSet(values: [text])) != nil else { continue }
            var isMember = true
            for language in set.languages where isMember { isMember = try contains(text, in: language) }
            if isMember, try !contains(text, inOneOf: set.excluded) { return true }
        }
        return false
    }

    // MARK: The grammar of an object

    /// A place in an object that is being written.
    private struct Place: Hashable {
        /// The next of the declared names.
        var name: Int
        /// Members so far, as far as it matters.
        var count: Int
    }

    /// Steps for a member in a place.
    private static let costOfEdge = 4

    private struct Member {
        var name: String
        var value: Grammar.Expression
        var isRequired: Bool
    }

    /// Nil where there is no such object.
    private mutating func expression(for object: ObjectSet) throws(SchemaError) -> Grammar.Expression? {
        var members: [Member] = []
        for name in object.declaredNames {
            let isRequired = object.required.contains(name)
            guard let value = try value(of: name, in: object) else {
                if isRequired { return nil }
                continue
            }
            members.append(Member(name: name, value: try expression(for: value), isRequired: isRequired))
        }
        let others = try otherMembers(of: object)
        // Names of others may repeat: more than one of them does not count.
        let countable = members.count + (others == nil ? 0 : 1)
        guard object.least <= countable else {
            guard others != nil, let node = object.leastNode else { return nil }
            throw .unsupported(
                keyword: "minProperties", path: node.path,
                reason: "it asks for more members than the schema names, and names could repeat")
        }
        var most = object.most
        if others == nil, most ?? .max >= members.count { most = nil }
        return try chain(members, others: others, least: object.least, most: most)
    }

    /// A rule for each place, which says what may follow, and one for each member with what follows it.
    private mutating func chain(
        _ members: [Member], others: Grammar.Expression?, least: Int, most: Int?
    ) throws(SchemaError) -> Grammar.Expression {
        // By place, how many required ones are left.
        var required = [0]
        for member in members.reversed() { required.append((required.last ?? 0) + (member.isRequired ? 1 : 0)) }
        required.reverse()
        // Counts above this one make no difference.
        let ceiling = most ?? max(least, 1)
        var places: [Place: Grammar.Rule] = [:]
        func rule(of place: Place, in grammar: inout Grammar) -> Grammar.Rule {
            if let known = places[place] { return known }
            let rule = grammar.declareRule()
            places[place] = rule
            return rule
        }
        for count in 0...min(ceiling, members.count) {
            func canFollow(_ index: Int) -> Bool {
                let possible = members.count - index - 1 + (others == nil ? 0 : 1)
                return (count + 1 + possible >= least || count + 1 >= ceiling)
                    && count + 1 + required[index + 1] <= most ?? .max
            }
            var keys = KeyTrie()
            // The names that may follow, from the last to the first.
            var choice: KeyTrie.Root?
            for index in stride(from: members.count, through: count, by: -1) {
                if index < members.count, members[index].isRequired { choice = nil }
                if index < members.count, canFollow(index) {
                    try work.spend(Self.costOfEdge)
                    let member = members[index]
                    let next = Place(name: index + 1, count: min(count + 1, ceiling))
                    let rest = grammar.declareRule()
                    grammar.define(
                        rest,
                        as: .sequence([.regular(Self.endOfName), member.value, .rule(rule(of: next, in: &grammar))]))
                    choice = try keys.adding(
                        JSONText.spelling(of: member.name), then: .rule(rest), to: choice, work: &work)
                }
                // Before the first member there is one place only.
                guard count > 0 || index == 0 else { continue }
                let names = choice.map { keys.expression(of: $0, in: &grammar) }
                let place = Place(name: index, count: count)
                grammar.define(
                    rule(of: place, in: &grammar),
                    as: continuation(
                        of: place, keys: names, others: required[index] > 0 ? nil : others,
                        canEnd: required[index] == 0 && count >= least, least: least, most: most))
            }
        }
        return .sequence([Self.opening, .rule(rule(of: Place(name: 0, count: 0), in: &grammar))])
    }

    private static let endOfName = RegularLanguage.sequence([.literal("\""), JSONText.colon])

    private func continuation(
        of place: Place, keys: Grammar.Expression?, others: Grammar.Expression?, canEnd: Bool, least: Int, most: Int?
    ) -> Grammar.Expression {
        var names = keys.map { [$0] } ?? []
        // The first of the others has a name that is new; of those after it this is not known.
        if let others, place.count + 1 >= least, place.count < most ?? .max {
            let more = Grammar.Expression.repetition(
                .sequence([Self.comma, .literal("\""), others]), atLeast: 0, atMost: most.map { $0 - place.count - 1 })
            names.append(.sequence([others, more, Self.closing]))
        }
        var choices: [Grammar.Expression] = []
        if canEnd { choices.append(place.count == 0 ? Self.closingOfEmpty : Self.closing) }
        if !names.isEmpty {
            let quote = Grammar.Expression.literal("\"")
            let members = names.count == 1 ? names[0] : .choice(names)
            choices.append(.sequence(place.count == 0 ? [quote, members] : [Self.comma, quote, members]))
        }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    // MARK: Names that are not declared

    private static let mostPatterns = 5

    /// A member, without the quote before its name, whose name no schema declares; nil where there is none.
    private mutating func otherMembers(of object: ObjectSet) throws(SchemaError) -> Grammar.Expression? {
        guard object.isOpen else { return nil }
        var patterns: [RegularLanguage] = []
        for pattern in object.members.flatMap(\.patterns) where !patterns.contains(pattern.language) {
            patterns.append(pattern.language)
        }
        guard patterns.count <= Self.mostPatterns else {
            let node = object.members.lazy.flatMap(\.patterns).first?.node
            throw .unsupported(
                keyword: "patternProperties", path: node?.path ?? "#",
                reason: "there are more than \(Self.mostPatterns) patterns for one object")
        }
        let names = namesThatAreNotDeclared(object)
        var choices: [Grammar.Expression] = []
        for matching in 0..<1 << patterns.count {
            let isMatching = { (language: RegularLanguage) in
                patterns.firstIndex(of: language).map { matching >> $0 & 1 == 1 } ?? false
            }
            guard let value = value(ofNamesMatching: isMatching, in: object) else { continue }
            var conditions = names
            for pattern in patterns {
                let spelled = JSONText.spelling(of: isMatching(pattern) ? pattern : .complement(pattern))
                conditions.append(spelled)
            }
            if conditions.isEmpty { conditions = [.repetition(JSONText.character, atLeast: 0, atMost: nil)] }
            let name = conditions.count == 1 ? conditions[0] : RegularLanguage.intersection(conditions)
            try work.spend(conditions.count)
            choices.append(
                .sequence([.regular(.sequence([name, Self.endOfName])), try expression(for: value)]))
        }
        if choices.isEmpty { return nil }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    /// Conditions for names; none where all are allowed.
    private func namesThatAreNotDeclared(_ object: ObjectSet) -> [RegularLanguage] {
        var conditions: [RegularLanguage] = object.names.map { sets in
            .choice(sets.map { $0.language(hasOneSpelling: true) })
        }
        let declared = object.declaredNames.union(object.forbidden)
        if !declared.isEmpty {
            conditions.append(.repetition(JSONText.character, atLeast: 0, atMost: nil))
            conditions.append(.complement(.choice(declared.map { .literal(JSONText.spelling(of: $0)) })))
        }
        return conditions
    }

    /// What schemas say of names that match some patterns and no others; nil where they forbid or do not know them.
    private func value(
        ofNamesMatching isMatching: (RegularLanguage) -> Bool, in object: ObjectSet
    ) -> Conjunction? {
        var nodes: [SchemaNode] = []
        var isKnown = object.declaredNames.isEmpty && object.members.allSatisfy(\.patterns.isEmpty)
        for members in object.members {
            let found = members.patterns.filter { isMatching($0.language) }.map(\.node)
            nodes += found
            if found.isEmpty, let node = members.additional { nodes.append(node) }
            isKnown = isKnown || !found.isEmpty || members.additional != nil
        }
        let result = Conjunction(nodes)
        return isKnown && !result.isNever ? result : nil
    }
}
