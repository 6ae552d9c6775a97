/// Tells whether texts are in languages.
struct TextTests {
    /// One for all automata.
    private let budget: ConstraintBudget
    private var automata: [RegularLanguage: (automaton: RegularAutomaton, start: Int32)] = [:]

    init(limits: ConstraintLimits) {
        budget = ConstraintBudget(limits)
    }

    mutating func contains(_ text: String, in language: RegularLanguage) throws(ConstraintError) -> Bool {
        // Taken out, so that it is not copied when it grows.
        let known = automata.removeValue(forKey: language)
        var (automaton, start) = if let known { known } else { try automaton(of: language) }
        var state = start
        for byte in text.utf8 { state = try automaton.next(state, byte) }
        let isMember = automaton.isAccepting(state)
        automata[language] = (automaton, start)
        return isMember
    }

    /// Whether a language has no texts at all.
    func isEmpty(_ language: RegularLanguage) throws(ConstraintError) -> Bool {
        try automaton(of: language).start == RegularAutomaton.dead
    }

    private func automaton(
        of language: RegularLanguage
    ) throws(ConstraintError) -> (automaton: RegularAutomaton, start: Int32) {
        var expressions = try RegularExpressions(budget)
        var parts = 0
        let expression = try expressions.expression(for: language, parts: &parts)
        var automaton = try RegularAutomaton(expressions)
        let start = try automaton.start(of: expression)
        return (automaton, start)
    }
}
