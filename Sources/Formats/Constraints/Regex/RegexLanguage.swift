/// Where a regular expression has to match.
package enum RegexExtent: Hashable, Sendable {
    case wholeText
    /// As JSON Schema means it: text around a match is anything, unless the expression has anchors.
    case anywhere
}

extension RegularLanguage {
    /// The texts, in UTF-8, that a regular expression in the syntax of ECMA-262 matches.
    package init(
        regex: String, matching extent: RegexExtent, limits: ConstraintLimits = ConstraintLimits()
    ) throws(RegexError) {
        let node = try RegexParser.parse(regex, limits: limits)
        let around: RegularLanguage = extent == .wholeText ? .empty : .anyText
        self = try RegexCompiler(around: around).language(of: node)
    }

    /// Any text in UTF-8.
    static let anyText = repetition(.scalars(.all), atLeast: 0, atMost: nil)
}

/// Turns an expression into a language. Anchors are not part of languages: what an expression matches is kept apart by
/// whether it has to lie at the start or the end of the text.
private struct RegexCompiler {
    /// What may stand before and after a match without anchors.
    let around: RegularLanguage

    private struct Anchors: Hashable {
        var start = false
        var end = false
    }

    private struct Part {
        var anchors: Anchors
        var language: RegularLanguage
        var isNullable: Bool
    }

    func language(of node: RegexNode) throws(RegexError) -> RegularLanguage {
        let choices: [RegexNode] = if case .choice(let choices) = node { choices } else { [node] }
        var languages: [RegularLanguage] = []
        for choice in choices {
            let sequence: [RegexNode] = if case .sequence(let parts) = choice { parts } else { [choice] }
            languages += try languagesOfSequence(sequence)
        }
        return Self.choice(languages)
    }

    /// Look-aheads are understood where nothing but an anchor comes before: what follows them is then the whole rest of
    /// the text, and they are intersections.
    private func languagesOfSequence(_ sequence: [RegexNode]) throws(RegexError) -> [RegularLanguage] {
        var rest = sequence[...]
        var isAtStart = false
        var conditions: [RegularLanguage] = []
        scan: while let first = rest.first {
            switch first {
            case .start where conditions.isEmpty: isAtStart = true
            case .lookahead(let inner, let isNegative, let offset):
                var tails: [RegularLanguage] = []
                for part in try parts(of: inner) {
                    guard isAtStart || !part.anchors.start else {
                        throw .unsupported("an anchor in a look-ahead without one before it", offset: offset)
                    }
                    tails.append(part.anchors.end ? part.language : .sequence([part.language, .anyText]))
                }
                let condition = Self.choice(tails)
                conditions.append(isNegative ? .complement(condition) : condition)
            default: break scan
            }
            rest = rest.dropFirst()
        }
        return try parts(of: .sequence(Array(rest))).map { part in
            var tail = part.anchors.end ? part.language : Self.sequence([part.language, around])
            if !conditions.isEmpty { tail = .intersection([tail] + conditions) }
            return isAtStart || part.anchors.start ? tail : Self.sequence([around, tail])
        }
    }

    // MARK: Parts by anchors

    private func parts(of node: RegexNode) throws(RegexError) -> [Part] {
        switch node {
        case .scalars(let set): return [Part(anchors: Anchors(), language: .scalars(set), isNullable: false)]
        case .start: return [Part(anchors: Anchors(start: true), language: .empty, isNullable: true)]
        case .end: return [Part(anchors: Anchors(end: true), language: .empty, isNullable: true)]
        case .lookahead(_, _, let offset): throw .unsupported("a look-ahead that is not at the start", offset: offset)
        case .choice(let choices):
            var all: [Part] = []
            for choice in choices { all += try parts(of: choice) }
            return Self.joined(all)
        case .sequence(let members):
            var all = [Part(anchors: Anchors(), language: .empty, isNullable: true)]
            for member in members {
                let next = try parts(of: member)
                all = Self.joined(all.flatMap { first in next.compactMap { Self.joined(first, $0) } })
            }
            return all
        case .repetition(let inner, let atLeast, let atMost, let offset):
            return try repetition(of: try parts(of: inner), atLeast, atMost, offset)
        }
    }

    private func repetition(
        of inner: [Part], _ atLeast: Int, _ atMost: Int?, _ offset: Int
    ) throws(RegexError) -> [Part] {
        if inner.allSatisfy({ $0.anchors == Anchors() }) {
            return inner.map { part in
                Part(
                    anchors: part.anchors,
                    language: .repetition(part.language, atLeast: atLeast, atMost: atMost),
                    isNullable: part.isNullable || atLeast == 0)
            }
        }
        guard atMost == 1 else { throw .unsupported("a repeated anchor", offset: offset) }
        let nothing = Part(anchors: Anchors(), language: .empty, isNullable: true)
        return atLeast == 1 ? inner : Self.joined([nothing] + inner)
    }

    /// One part for the same anchors.
    private static func joined(_ parts: [Part]) -> [Part] {
        var result: [Part] = []
        var groups: [Anchors: [Part]] = [:]
        for part in parts { groups[part.anchors, default: []].append(part) }
        for start in [false, true] {
            for end in [false, true] {
                let anchors = Anchors(start: start, end: end)
                guard let group = groups[anchors] else { continue }
                result.append(
                    Part(
                        anchors: anchors, language: choice(group.map(\.language)),
                        isNullable: group.contains(where: \.isNullable)))
            }
        }
        return result
    }

    /// Nil where anchors forbid it: before a start and after an end of the text stands nothing.
    private static func joined(_ first: Part, _ second: Part) -> Part? {
        var languages: [RegularLanguage] = []
        if second.anchors.start {
            guard first.isNullable else { return nil }
        } else {
            languages.append(first.language)
        }
        if first.anchors.end {
            guard second.isNullable else { return nil }
        } else {
            languages.append(second.language)
        }
        return Part(
            anchors: Anchors(
                start: first.anchors.start || second.anchors.start, end: first.anchors.end || second.anchors.end),
            language: sequence(languages), isNullable: first.isNullable && second.isNullable)
    }

    private static func sequence(_ languages: [RegularLanguage]) -> RegularLanguage {
        var parts: [RegularLanguage] = []
        for language in languages {
            switch language {
            case .literal([]): break
            case .sequence(let inner): parts += inner
            default: parts.append(language)
            }
        }
        if parts.isEmpty { return .empty }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private static func choice(_ languages: [RegularLanguage]) -> RegularLanguage {
        languages.count == 1 ? languages[0] : .choice(languages)
    }
}
