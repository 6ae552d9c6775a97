/// Makes nodes of a grammar. Neighbours that are regular become one terminal where that keeps automata small.
struct GrammarCompiler {
    private enum Part {
        case regular(RegularExpressions.ID)
        case node(Int32)
    }

    private let grammar: Grammar
    private let limits: ConstraintLimits
    private var expressions: RegularExpressions
    private var result = CompiledGrammar()
    private var terminals: [RegularExpressions.ID: Int32] = [:]
    private var expressionOfTerminal: [(node: Int32, expression: RegularExpressions.ID)] = []
    private var parts: [Int: Part] = [:]
    private var count = 0

    static func compile(
        _ grammar: Grammar, _ budget: ConstraintBudget
    ) throws(ConstraintError) -> (CompiledGrammar, RegularAutomaton) {
        var compiler = try GrammarCompiler(grammar, budget)
        for rule in try compiler.usedRules() {
            compiler.parts[rule] = try compiler.separated(compiler.compile(compiler.definition(of: rule)))
        }
        compiler.result.root = try compiler.node(compiler.compile(grammar.root))
        for (rule, part) in compiler.parts { compiler.result.rules[rule] = try compiler.node(part) }
        // Only now all sets of bytes are known, by which the automaton tells bytes apart.
        var automaton = try RegularAutomaton(compiler.expressions)
        for (node, expression) in compiler.expressionOfTerminal {
            compiler.result.nodes[Int(node)] = .terminal(try automaton.start(of: expression))
        }
        try compiler.result.analyse(automaton, names: grammar.names)
        return (compiler.result, automaton)
    }

    private init(_ grammar: Grammar, _ budget: ConstraintBudget) throws(ConstraintError) {
        self.grammar = grammar
        limits = budget.limits
        expressions = try RegularExpressions(budget)
    }

    private func definition(of rule: Int) throws(ConstraintError) -> Grammar.Expression {
        guard let definition = grammar.definitions[rule] else { throw .undefinedRule(grammar.names[rule]) }
        return definition
    }

    private static let deepest = 32

    /// Chains of regular rules would become one expression that is as deep as they are long.
    private mutating func separated(_ part: Part) throws(ConstraintError) -> Part {
        guard case .regular(let expression) = part, expressions.facts(of: expression).depth > Self.deepest else {
            return part
        }
        return .node(try node(part))
    }

    // MARK: Rules

    /// The rules that the root uses, each after those that it uses, but for circles.
    private func usedRules() throws(ConstraintError) -> [Int] {
        var order: [Int] = []
        var seen: Set<Int> = []
        var open: [(rule: Int, next: [Int])] = []
        func visit(_ rules: [Int]) throws(ConstraintError) {
            for rule in rules where seen.insert(rule).inserted {
                open.append((rule, try uses(of: definition(of: rule))))
                while let (rule, next) = open.last {
                    guard let used = next.last else {
                        order.append(rule)
                        open.removeLast()
                        continue
                    }
                    open[open.count - 1].next.removeLast()
                    guard seen.insert(used).inserted else { continue }
                    open.append((used, try uses(of: definition(of: used))))
                }
            }
        }
        try visit(uses(of: grammar.root))
        return order
    }

    private func uses(of expression: Grammar.Expression) throws(ConstraintError) -> [Int] {
        var uses: [Int] = []
        try addUses(of: expression, nesting: 0, to: &uses)
        return uses
    }

    private func addUses(
        of expression: Grammar.Expression, nesting: Int, to uses: inout [Int]
    ) throws(ConstraintError) {
        guard nesting <= limits.nesting else { throw .tooLarge(.nesting, limit: limits.nesting) }
        switch expression {
        case .regular: break
        case .sequence(let members), .choice(let members):
            for member in members { try addUses(of: member, nesting: nesting + 1, to: &uses) }
        case .repetition(let part, _, _): try addUses(of: part, nesting: nesting + 1, to: &uses)
        case .rule(let rule): uses.append(rule.index)
        }
    }

    // MARK: Expressions

    private mutating func compile(
        _ expression: Grammar.Expression, nesting: Int = 0
    ) throws(ConstraintError) -> Part {
        guard nesting <= limits.nesting else { throw .tooLarge(.nesting, limit: limits.nesting) }
        count += 1
        guard count <= limits.expressions else { throw .tooLarge(.expressions, limit: limits.expressions) }
        switch expression {
        case .regular(let language): return .regular(try expressions.expression(for: language, parts: &count))
        case .sequence(let members):
            var parts: [Part] = []
            for member in members { parts.append(try compile(member, nesting: nesting + 1)) }
            return try sequence(parts)
        case .choice(let members): return try choice(members, nesting: nesting)
        case .repetition(let part, let atLeast, let atMost):
            guard atLeast >= 0, max(atLeast, atMost ?? 0) <= limits.repetitions else {
                throw .tooLarge(.repetitions, limit: limits.repetitions)
            }
            return try repetition(
                compile(part, nesting: nesting + 1), atLeast: Int32(atLeast),
                atMost: atMost.map { Int32(max($0, -1)) } ?? RegularExpressions.unlimited)
        case .rule(let rule):
            if let part = parts[rule.index] { return part }
            return .node(try add(.rule(rule.index)))
        }
    }

    private mutating func sequence(_ parts: [Part]) throws(ConstraintError) -> Part {
        var joined: [Part] = []
        for part in parts {
            if case .regular(.nothing) = part { return part }
            if case .regular(.empty) = part { continue }
            if case .regular(let next) = part, case .regular(let last)? = joined.last, isNarrow(last), isNarrow(next) {
                joined[joined.count - 1] = .regular(try expressions.sequence(last, next))
            } else {
                joined.append(part)
            }
        }
        guard let first = joined.first else { return .regular(.empty) }
        if let whole = try wholeSequence(joined) { return .regular(whole) }
        return joined.count == 1 ? first : try .node(add(.sequence(addMembers(joined))))
    }

    /// Only languages whose automata allow few tokens in each state become one with what follows them: the large masks
    /// of others are then shared by all places that have them.
    private func isNarrow(_ expression: RegularExpressions.ID) -> Bool {
        let facts = expressions.facts(of: expression)
        return !facts.isWide && !facts.isBoolean
    }

    /// A sequence with one wide part, such as a string between its quotes, is one terminal: otherwise each of the
    /// part's states could be its end, and all tokens would have to be tried for what follows.
    private mutating func wholeSequence(_ parts: [Part]) throws(ConstraintError) -> RegularExpressions.ID? {
        var members: [RegularExpressions.ID] = []
        for part in parts {
            guard case .regular(let member) = part, !expressions.facts(of: member).isBoolean else { return nil }
            members.append(member)
        }
        guard members.filter({ !isNarrow($0) }).count <= 1 else { return nil }
        var result = RegularExpressions.ID.empty
        for member in members.reversed() { result = try expressions.sequence(member, result) }
        return result
    }

    private mutating func choice(
        _ choices: [Grammar.Expression], nesting: Int
    ) throws(ConstraintError) -> Part {
        var languages: [RegularLanguage] = []
        var regular: [RegularExpressions.ID] = []
        var others: [Part] = []
        for choice in choices {
            if case .regular(let language) = choice, !language.isBoolean {
                languages.append(language)
                continue
            }
            let part = try compile(choice, nesting: nesting + 1)
            guard case .regular(let expression) = part, !expressions.facts(of: expression).isBoolean else {
                others.append(part)
                continue
            }
            regular.append(expression)
        }
        // Together, since literals among them share their beginnings.
        regular.append(try expressions.expression(for: .choice(languages), parts: &count))
        let joined = try expressions.choice(regular)
        if joined != .nothing { others.insert(.regular(joined), at: 0) }
        others.removeAll { if case .regular(.nothing) = $0 { true } else { false } }
        guard let first = others.first else { return .regular(.nothing) }
        return others.count == 1 ? first : try .node(add(.choice(addMembers(others))))
    }

    private mutating func repetition(_ part: Part, atLeast: Int32, atMost: Int32) throws(ConstraintError) -> Part {
        switch part {
        // All states of one with intersections are visited, and each count would have its own.
        case .regular(let expression) where !expressions.facts(of: expression).isBoolean || max(atLeast, atMost) <= 1:
            return .regular(try expressions.repetition(expression, atLeast: atLeast, atMost: atMost))
        case .node, .regular:
            if atMost < atLeast { return .regular(.nothing) }
            if atMost == 0 { return .regular(.empty) }
            if atLeast == 1, atMost == 1 { return part }
            return .node(try add(.repetition(node(part), atLeast: atLeast, atMost: atMost)))
        }
    }

    // MARK: Nodes

    private mutating func addMembers(_ parts: [Part]) throws(ConstraintError) -> Range<Int> {
        var nodes: [Int32] = []
        for part in parts { nodes.append(try node(part)) }
        let first = result.members.count
        result.members += nodes
        return first..<result.members.count
    }

    private mutating func node(_ part: Part) throws(ConstraintError) -> Int32 {
        switch part {
        case .node(let node): return node
        case .regular(let expression):
            if let node = terminals[expression] { return node }
            let node = try add(.terminal(RegularAutomaton.dead))
            terminals[expression] = node
            expressionOfTerminal.append((node, expression))
            return node
        }
    }

    private mutating func add(_ node: CompiledGrammar.Node) throws(ConstraintError) -> Int32 {
        try expressions.budget.charge(64)
        result.nodes.append(node)
        return Int32(result.nodes.count - 1)
    }
}

extension RegularLanguage {
    /// Whether intersections or complements are part of it.
    fileprivate var isBoolean: Bool {
        switch self {
        case .nothing, .bytes, .literal, .scalars: false
        case .sequence(let parts), .choice(let parts): parts.contains(where: \.isBoolean)
        case .repetition(let part, _, _): part.isBoolean
        case .intersection, .complement, .multiples: true
        }
    }
}
