/// A context-free grammar whose terminals are regular languages.
package struct Grammar: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        let index: Int
    }

    package indirect enum Expression: Hashable, Sendable {
        case regular(RegularLanguage)
        case sequence([Expression])
        /// Nothing where it has no choices.
        case choice([Expression])
        /// - atMost: nil where there is no limit.
        case repetition(Expression, atLeast: Int, atMost: Int?)
        case rule(Rule)

        package static let empty = regular(.empty)

        package static func literal(_ text: String) -> Expression { regular(.literal(text)) }
    }

    /// Nil where a rule was declared and not defined yet.
    private(set) var definitions: [Expression?] = []
    private(set) var names: [String] = []
    /// What a text has to be.
    package var root: Expression

    package init(root: Expression = .empty) {
        self.root = root
    }

    /// A rule that may be used before it is defined.
    ///
    /// - Parameter name: how errors call it.
    package mutating func declareRule(_ name: String? = nil) -> Rule {
        definitions.append(nil)
        names.append(name ?? "\(names.count + 1)")
        return Rule(index: definitions.count - 1)
    }

    package mutating func define(_ rule: Rule, as expression: Expression) {
        definitions[rule.index] = expression
    }

    /// Adds the rules of another grammar.
    /// - Returns: what its texts are.
    package mutating func embed(_ other: Grammar) -> Expression {
        let offset = definitions.count
        definitions += other.definitions.map { $0?.shifted(by: offset) }
        names += other.names
        return other.root.shifted(by: offset)
    }
}

extension Grammar.Expression {
    /// The same of rules that stand further behind.
    fileprivate func shifted(by offset: Int) -> Self {
        switch self {
        case .regular: self
        case .sequence(let parts): .sequence(parts.map { $0.shifted(by: offset) })
        case .choice(let choices): .choice(choices.map { $0.shifted(by: offset) })
        case .repetition(let inner, let atLeast, let atMost):
            .repetition(inner.shifted(by: offset), atLeast: atLeast, atMost: atMost)
        case .rule(let rule): .rule(Grammar.Rule(index: rule.index + offset))
        }
    }
}
