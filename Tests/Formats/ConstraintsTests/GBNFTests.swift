import Constraints
import Testing

@Suite struct GBNFTests {
    private func check(_ source: String, matches: [String], refuses: [String]) throws {
        let constraint = try Constraint(Grammar(gbnf: source))
        for text in matches { #expect(try constraint.matches(text.utf8), "\(text)") }
        for text in refuses { #expect(try !constraint.matches(text.utf8), "\(text)") }
    }

    private func error(_ source: String) -> ConstraintError? {
        do throws(ConstraintError) {
            _ = try Grammar(gbnf: source)
            return nil
        } catch {
            return error
        }
    }

    @Test func arithmeticIsRead() throws {
        try check(
            #"""
            # Sums of products, one a line.
            root  ::= (expr "=" ws term "\n")+
            expr  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws # a name
            num   ::= [0-9]+ ws
            ws    ::= [ \t\n]*
            """#,
            matches: ["1+2=3\n", "(a1 *7) -2 = b\nx=1\n"], refuses: ["1+2=3", "1+=3\n", "(1=2\n", ""])
    }

    @Test func rulesGoOnInGroupsAndAfterBars() throws {
        try check(
            "root ::=\n  \"a\" (\n  # in a group\n \"b\"\n \"c\" ) |\n  \"d\"\r\n\nother ::= root\n",
            matches: ["abc", "d"], refuses: ["a", "ab", "abcd"])
    }

    @Test func charactersMayBeEscaped() throws {
        try check(
            #"root ::= "\x41\u00e4\U0001F600\n\r\t\\\"\[\]" [\x61-\x63\]é-ü] [^"\\\u0041-Z] . "#,
            matches: ["Aä😀\n\r\t\\\"[]bx😀", "Aä😀\n\r\t\\\"[]]ö\n", "Aä😀\n\r\t\\\"[]üé."],
            refuses: ["Aä😀\n\r\t\\\"[]dxx", "Aä😀\n\r\t\\\"[]bAx", "Aä😀\n\r\t\\\"[]b\\x"])
    }

    @Test func countsBoundRepetitions() throws {
        try check(
            "root ::= \"ab\"{2} [c]{1,} \"d\"{0,2} (\"e\" pair){ 0 , 3 }\npair ::= \"(\" pair? \")\"",
            matches: ["ababc", "ababccccdd", "ababce()", "ababcde(())e()e((()))"],
            refuses: ["abc", "abab", "ababcddd", "ababce", "ababce()e()e()e()"])
    }

    @Test func unusedRulesMayBeUndefined() throws {
        try check("root ::= \"a\" | \"\"\nunused ::= nowhere", matches: ["a", ""], refuses: ["b"])
    }

    @Test func errorsSayWhere() throws {
        #expect(error("root ::= \"a") == .syntax("the literal has no end", line: 1, column: 10))
        #expect(error("\nroot ::= [a") == .syntax("the set of characters has no end", line: 2, column: 10))
        #expect(error("root = \"a\"") == .syntax("expected '::=' after the name of the rule", line: 1, column: 6))
        #expect(error("root ::= (\"a\"\n| \"b\"") == .syntax("expected ')', found 'the end'", line: 2, column: 6))
        #expect(error("root ::= * \"a\"") == .syntax("'*' has nothing before it to repeat", line: 1, column: 10))
        #expect(error(#"root ::= "\q""#) == .syntax(#"unknown escape '\q'"#, line: 1, column: 11))
        #expect(error(#"root ::= "\uD800""#) == .syntax("U+D800 is no character", line: 1, column: 17))
        #expect(error("root ::= [z-a]") == .syntax("a range of characters ends before it begins", line: 1, column: 14))
        #expect(error("root ::= \"a\"{2,1}")?.description.contains("below") == true)
        #expect(error("other ::= \"a\"") == .undefinedRule("root"))
        #expect(error("") == .undefinedRule("root"))
        #expect(throws: ConstraintError.undefinedRule("missing")) {
            try Constraint(Grammar(gbnf: "root ::= \"a\" missing"))
        }
    }

    @Test func nestingHasALimit() throws {
        let deep = String(repeating: "(", count: 10_000) + "\"a\"" + String(repeating: ")", count: 10_000)
        let limit = ConstraintLimits().nesting
        #expect(error("root ::= " + deep) == .tooLarge(.nesting, limit: limit))
        #expect(error("root ::= \"a\"" + String(repeating: "*", count: 10_000)) == .tooLarge(.nesting, limit: limit))
        #expect(
            error("root ::= " + String(repeating: " ", count: 1 << 18))
                == .tooLarge(.sourceBytes, limit: ConstraintLimits().sourceBytes))
    }
}
