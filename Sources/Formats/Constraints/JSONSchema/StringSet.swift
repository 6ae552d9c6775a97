/// Strings that fulfil all of some conditions.
struct StringSet: Hashable, Sendable {
    /// In Unicode scalars.
    var least = 0
    var most: Int?
    /// Languages of the strings themselves, not of their JSON.
    var languages: [RegularLanguage] = []
    /// What it may be; nil where that is not listed.
    var values: [String]?
    var excluded: [StringSet] = []

    static let any = StringSet()

    var isAny: Bool { self == .any }
    /// It is what is listed, without more conditions.
    var isList: Bool { values != nil && self == StringSet(values: values) }

    /// Nil where nothing is in both, as far as lengths and lists tell; languages may still have nothing in common.
    func intersection(_ other: StringSet) -> StringSet? {
        var result = self
        result.least = max(least, other.least)
        result.most = [most, other.most].compactMap { $0 }.min()
        for language in other.languages where !result.languages.contains(language) { result.languages.append(language) }
        for set in other.excluded where !result.excluded.contains(set) { result.excluded.append(set) }
        if let values = other.values {
            let wanted = Set(values)
            result.values = result.values?.filter(wanted.contains) ?? values
        }
        if let values = result.values {
            let left = values.filter { result.hasLength($0) && !result.isListedAsExcluded($0) }
            if left.isEmpty { return nil }
            result.values = left
        }
        if let most = result.most, most < result.least { return nil }
        return result
    }

    private func hasLength(_ text: String) -> Bool {
        let length = text.unicodeScalars.count
        return length >= least && length <= most ?? .max
    }

    private func isListedAsExcluded(_ text: String) -> Bool {
        excluded.contains { set in
            set.languages.isEmpty && set.excluded.isEmpty && set.hasLength(text) && set.values?.contains(text) ?? true
        }
    }

    /// Provably without a common member.
    func isDisjoint(from other: StringSet) -> Bool {
        guard let both = intersection(other) else { return true }
        return both.values?.isEmpty ?? false
    }

    /// How the strings are written, quotes left out.
    ///
    /// - Parameter hasOneSpelling: each string in one spelling only, as names of members need it.
    func language(hasOneSpelling: Bool = false) -> RegularLanguage {
        var conditions = languages.map(JSONText.spelling)
        if let values { conditions.insert(.choice(values.map { .literal(JSONText.spelling(of: $0)) }), at: 0) }
        for set in excluded { conditions.append(.complement(set.language(hasOneSpelling: true))) }
        if values == nil, conditions.isEmpty || least > 0 || most != nil || languages.isEmpty {
            let character = conditions.isEmpty && !hasOneSpelling ? JSONText.anyCharacter : JSONText.character
            conditions.insert(.repetition(character, atLeast: least, atMost: most), at: 0)
        }
        return conditions.count == 1 ? conditions[0] : .intersection(conditions)
    }
}
