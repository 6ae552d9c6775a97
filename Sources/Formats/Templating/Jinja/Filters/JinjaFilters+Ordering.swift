import OrderedCollections

extension JinjaFilters {
    /// Filters that compare elements with one another.
    static let ordering: [String: JinjaFilter] = [
        "sort": JinjaFilter("reverse?", "case_sensitive?", "attribute?", apply: sort),
        "dictsort": JinjaFilter("case_sensitive?", "by?", "reverse?", apply: dictSort),
        "unique": JinjaFilter("case_sensitive?", "attribute?", apply: unique),
        "groupby": JinjaFilter("attribute", "default?", "case_sensitive?", apply: groupBy),
        "min": extremum(sign: "<") { $0 < 0 },
        "max": extremum(sign: ">") { $0 > 0 },
    ]

    // MARK: Keys

    /// What an element is compared by: itself or an attribute, in lower case unless case matters.
    private static func key(
        of element: JinjaValue, _ path: JinjaAttributePath?, isCaseSensitive: Bool, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let key = try path?.value(in: element, renderer) ?? element
        guard !isCaseSensitive, let text = key.marked else { return key }
        try renderer.charge(remaking: text, growth: 2, stepBytes: 2)
        return .string(text.mapping { $0.lowercased() })
    }

    /// The elements in the order of their keys; equal ones stay in place.
    private static func sorted(
        _ elements: [JinjaValue], by keys: [JinjaValue], isReversed: Bool, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> [JinjaValue] {
        try renderer.charge(elements: elements.count * 2)
        var failure: TemplateError?
        let order = elements.indices.sorted { left, right in
            guard failure == nil else { return false }
            do throws(TemplateError) {
                try renderer.charge()
                let (left, right) = isReversed ? (right, left) : (left, right)
                return (try JinjaComparison.compare(keys[left], keys[right], "<", renderer) ?? 0) < 0
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return order.map { elements[$0] }
    }

    // MARK: Filters

    private static func sort(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let elements = try renderer.elements(of: value)
        let paths: [JinjaAttributePath?]
        if let names = arguments.given(2)?.text {
            paths = names.split(separator: ",", omittingEmptySubsequences: false).map {
                JinjaAttributePath(.literal(String($0)))
            }
        } else {
            paths = [arguments.given(2).map { JinjaAttributePath($0) }]
        }
        var keys: [JinjaValue] = []
        try renderer.charge(objects: elements.count)
        for element in elements {
            try renderer.charge(elements: paths.count)
            var parts: [JinjaValue] = []
            for path in paths {
                parts.append(
                    try key(of: element, path, isCaseSensitive: arguments.flag(1), renderer))
            }
            keys.append(.list(parts))
        }
        return .list(try sorted(elements, by: keys, isReversed: arguments.flag(0), renderer))
    }

    private static func dictSort(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        if case .undefined(let undefined) = value { throw undefined.error }
        guard case .dictionary(let dictionary) = value else {
            throw TemplateError(.evaluation, "'\(value.typeName)' object has no attribute 'items'")
        }
        let by = arguments[1] == nil ? "key" : try arguments.text(1)
        guard by == "key" || by == "value" else {
            throw TemplateError(.evaluation, "You can only sort by either \"key\" or \"value\"")
        }
        var keys: [JinjaValue] = []
        try renderer.charge(elements: dictionary.entries.count)
        for entry in dictionary.entries {
            let subject = by == "key" ? entry.key : entry.value
            keys.append(try key(of: subject, nil, isCaseSensitive: arguments.flag(0), renderer))
        }
        return .list(
            try sorted(try dictionary.pairs(renderer), by: keys, isReversed: arguments.flag(2), renderer))
    }

    private static func unique(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let path = arguments.given(1).map { JinjaAttributePath($0) }
        var seen: Set<JinjaValue> = []
        var distinct: [JinjaValue] = []
        for element in try renderer.elements(of: value) {
            let key = try key(of: element, path, isCaseSensitive: arguments.flag(0), renderer)
            try renderer.requireHashable(key)
            try renderer.charge(elements: 4)
            if seen.insert(key).inserted { distinct.append(element) }
        }
        return .iterator(JinjaIterator(distinct))
    }

    private static func groupBy(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let path = JinjaAttributePath(arguments.required(0), default: arguments.given(1))
        let isCaseSensitive = arguments.flag(2)
        let elements = try renderer.elements(of: value)
        var keys: [JinjaValue] = []
        try renderer.charge(elements: elements.count * 4)
        for element in elements {
            keys.append(try key(of: element, path, isCaseSensitive: isCaseSensitive, renderer))
        }
        var groups: [(key: JinjaValue, members: [JinjaValue])] = []
        for element in try sorted(elements, by: keys, isReversed: false, renderer) {
            let key = try key(of: element, path, isCaseSensitive: isCaseSensitive, renderer)
            try renderer.charge(walking: key)
            if groups.last?.key == key {
                groups[groups.count - 1].members.append(element)
            } else {
                try renderer.charge(objects: 2)
                groups.append((key, [element]))
            }
        }
        var tuples: [JinjaValue] = []
        for group in groups {
            let name = try path.value(in: group.members[0], renderer)
            tuples.append(.tuple(JinjaSequence([name, .list(group.members)], isGroup: true)))
        }
        return .list(tuples)
    }

    private static func extremum(
        sign: String, isBetter: @escaping @Sendable (Int) -> Bool
    ) -> JinjaFilter {
        JinjaFilter("case_sensitive?", "attribute?") { (value, arguments, renderer) throws(TemplateError) in
            let path = arguments.given(1).map { JinjaAttributePath($0) }
            var best: (element: JinjaValue, key: JinjaValue)?
            for element in try renderer.elements(of: value) {
                try renderer.charge()
                let key = try key(of: element, path, isCaseSensitive: arguments.flag(0), renderer)
                if let best, !isBetter(try JinjaComparison.compare(key, best.key, sign, renderer) ?? 0) { continue }
                best = (element, key)
            }
            return best?.element ?? .undefined("No aggregated item, sequence was empty.")
        }
    }
}
