/// Tells whether texts are in languages.
struct TextTests {
    private struct Question: Hashable {
        var text: String
        var language: RegularLanguage
    }

    private let limits: ConstraintLimits
    private var answers: [Question: Bool] = [:]

    init(limits: ConstraintLimits) {
        self.limits = limits
    }

    mutating func contains(_ text: String, in language: RegularLanguage) throws(ConstraintError) -> Bool {
        let question = Question(text: text, language: language)
        if let answer = answers[question] { return answer }
        var expressions = try RegularExpressions(limits: limits, budget: MemoryBudget(limit: limits.tableBytes))
        var parts = 0
        var rest = try expressions.expression(for: language, parts: &parts)
        for byte in text.utf8 { rest = try expressions.derivative(of: rest, by: byte) }
        let answer = expressions.isNullable(rest)
        answers[question] = answer
        return answer
    }

    /// Whether a language has no texts at all.
    func isEmpty(_ language: RegularLanguage) throws(ConstraintError) -> Bool {
        var expressions = try RegularExpressions(limits: limits, budget: MemoryBudget(limit: limits.tableBytes))
        var parts = 0
        let expression = try expressions.expression(for: language, parts: &parts)
        var automaton = try RegularAutomaton(expressions)
        return try automaton.start(of: expression) == RegularAutomaton.dead
    }
}
