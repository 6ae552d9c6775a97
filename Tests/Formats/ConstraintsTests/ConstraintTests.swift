import Constraints
import Testing

@Suite struct ConstraintTests {
    private func matches(_ grammar: Grammar, _ text: String) throws -> Bool {
        try Constraint(grammar).matches(text.utf8)
    }

    @Test func languagesMatchWholeTexts() throws {
        let digits = RegularLanguage.bytes(ByteSet(0x30...0x39))
        let number = RegularLanguage.sequence([
            .repetition(.literal("-"), atLeast: 0, atMost: 1), .repetition(digits, atLeast: 1, atMost: 3),
        ])
        let constraint = try Constraint(number)
        for text in ["1", "-12", "999"] { #expect(try constraint.matches(text.utf8)) }
        for text in ["", "-", "1234", "1a", "--1"] { #expect(try !constraint.matches(text.utf8)) }
        let probe = try constraint.probe("-1x".utf8)
        #expect(probe.stop == 2)
        #expect(probe.isComplete)
        #expect(probe.following == ByteSet(0x30...0x39))
    }

    @Test func scalarsAreUTF8() throws {
        let set = ScalarSet([0x41...0x43, 0xE4...0xE4, 0x3B1...0x20AC, 0x1F600...0x1F64F])
        let constraint = try Constraint(.scalars(set))
        for scalar in stride(from: UInt32(0), through: 0x1FFFF, by: 1).lazy.filter({ $0 % 7 == 0 || $0 < 0x500 }) {
            guard let scalar = Unicode.Scalar(scalar) else { continue }
            #expect(try constraint.matches(String(scalar).utf8) == set.contains(scalar.value))
        }
        #expect(try !constraint.matches([0xC1, 0x81]))
    }

    @Test func rulesMayUseThemselves() throws {
        var grammar = Grammar()
        let value = grammar.declareRule("value")
        grammar.define(
            value,
            as: .choice([
                .regular(.repetition(.bytes(ByteSet(0x30...0x39)), atLeast: 1, atMost: nil)),
                .sequence([
                    .literal("["), .rule(value),
                    .repetition(.sequence([.literal(","), .rule(value)]), atLeast: 0, atMost: 2), .literal("]"),
                ]),
            ]))
        grammar.root = .rule(value)
        for text in ["1", "[1]", "[[1,2],[33],4]", "[[[[5]]]]"] { #expect(try matches(grammar, text)) }
        for text in ["", "[", "[]", "[1,2,3,4]", "1,2", "[1]]"] { #expect(try !matches(grammar, text)) }
    }

    @Test func rulesThatBeginWithThemselvesAreRefused() throws {
        var grammar = Grammar()
        let first = grammar.declareRule("first")
        let second = grammar.declareRule("second")
        grammar.define(first, as: .choice([.sequence([.rule(second), .literal("x")]), .literal("y")]))
        grammar.define(
            second,
            as: .sequence([.repetition(.literal("z"), atLeast: 0, atMost: nil), .rule(first)]))
        grammar.root = .rule(first)
        #expect(throws: ConstraintError.leftRecursion(rule: "first")) { try Constraint(grammar) }
    }

    @Test func textsUpToAMarkEndWithItsFirstOccurrence() throws {
        let constraint = try Constraint(.text(upTo: Array("```".utf8)))
        for text in ["```", "a``b```", "` ` ```"] { #expect(try constraint.matches(text.utf8)) }
        for text in ["", "``", "````", "```a```"] { #expect(try !constraint.matches(text.utf8)) }
        let without = try Constraint(.text(without: ["<tool>", "</think>", "<|end|>"].map { Array($0.utf8) }))
        #expect(try without.matches("a <tool </think <|end|".utf8))
        #expect(try !without.matches("a <tool <tool> ".utf8))
        #expect(try without.probe("a <<tool>".utf8).stop == 8)
    }
}
