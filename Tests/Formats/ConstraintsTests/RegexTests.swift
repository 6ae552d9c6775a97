import Constraints
import Testing

@Suite struct RegexTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let pattern: String
        let matching: [String]
        let others: [String]

        var testDescription: String { pattern }

        init(_ pattern: String, _ matching: [String], _ others: [String]) {
            (self.pattern, self.matching, self.others) = (pattern, matching, others)
        }
    }

    static let cases = [
        Case("", ["", "a"], []),
        Case("b", ["b", "abc", "\nb\n"], ["", "a"]),
        Case("^b", ["b", "bc"], ["ab"]),
        Case("b$", ["b", "ab"], ["ba", "b\n"]),
        Case("^$", [""], ["a", "\n"]),
        Case("^a|b$", ["ax", "xb", "a", "b"], ["xa", "bx"]),
        Case("^(?:a|b)$", ["a", "b"], ["ab", ""]),
        Case("(^a|b$)c?", ["a", "ac", "xb"], ["xbc", "xa"]),
        Case("(^|-)a($|-)", ["a", "x-a", "a-x", "x-a-x"], ["xa", "ax"]),
        Case("a^b", [], ["ab", "b", "a"]),
        Case("^a*^b", ["b"], ["ab"]),
        Case("^.$", ["a", "é", "😀"], ["", "\n", "\r", "\u{2028}", "ab"]),
        Case("^\\d+\\D$", ["1x", "23é"], ["1", "x", "1٣"]),
        Case("^\\w\\W$", ["a-", "_ "], ["aé", "é-", "ab"]),
        Case("^\\s\\S$", [" a", "\tb"], ["\u{A0}a", "a ", " \u{A0}"]),
        Case("^[^\\d\\s]$", ["a", "-"], ["1", " ", "\u{3000}"]),
        Case("^[a-c\\-x]{2}$", ["a-", "bx"], ["a", "ad"]),
        Case("^[\\]\\\\^-]$", ["]", "\\", "^", "-"], ["a"]),
        Case("^[^a-z]$", ["A", "é", "\n"], ["a"]),
        Case("^\\x41\\u00e9\\u{1F600}\\uD83D\\uDE00$", ["Aé😀😀"], ["A"]),
        Case("^\\t\\n\\r\\f\\v\\0\\cA$", ["\t\n\r\u{C}\u{B}\0\u{1}"], ["t"]),
        Case("^\\p{Lu}\\P{L}$", ["ÄÖ".prefix(1) + "1"].map { String($0) }, ["äß", "ÄÖ"]),
        Case("^a{2}$", ["aa"], ["a", "aaa"]),
        Case("^a{2,}$", ["aa", "aaaa"], ["a"]),
        Case("^a{1,2}?b+?c*?d??$", ["ab", "aabbccd"], ["b", "aaab"]),
        Case("^a{x}{$", ["a{x}{"], ["aa"]),
        Case("^(?<year>\\d{4})-(?P<month>\\d\\d)$", ["2024-01"], ["202-01"]),
        Case("^(?=.*\\d)(?=.*[a-z])\\w{3,5}$", ["a1b", "1a2b3"], ["abc", "123", "a1", "a1b2c3"]),
        Case("^(?!foo)\\w+$", ["bar", "fo"], ["foo", "foobar"]),
        Case("^(?!foo$)\\w+$", ["bar", "foobar"], ["foo"]),
        Case("(?=ab)a.c", ["abc", "xabc"], ["adc", "ab"]),
        Case("^(a+)+$", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"]),
        Case("\\/\\.\\@", ["/.@"], ["/x@"]),
    ]

    @Test(arguments: cases) func patternsMatchAnywhereUnlessTheyAreAnchored(case: Case) throws {
        let constraint = try Constraint(
            .choice([.literal("\u{FFFF}never"), RegularLanguage(regex: `case`.pattern, matching: .anywhere)]))
        for text in `case`.matching { #expect(try constraint.matches(text.utf8), "\(text.debugDescription)") }
        for text in `case`.others { #expect(try !constraint.matches(text.utf8), "\(text.debugDescription)") }
    }

    @Test func wholeTextsMatchWithoutAnchors() throws {
        let constraint = try Constraint(RegularLanguage(regex: "a|bc", matching: .wholeText))
        #expect(try constraint.matches("bc".utf8))
        #expect(try !constraint.matches("abc".utf8))
        #expect(try !constraint.matches("a\n".utf8))
    }

    @Test(arguments: [
        ("(a)\\1", "a back reference"), ("(?<n>a)\\k<n>", "a back reference"), ("\\bword", "\\b"), ("\\B", "\\B"),
        ("(?<=a)b", "a look-behind"), ("(?<!a)b", "a look-behind"), ("a(?=b)", "a look-ahead that is not at the start"),
        ("(?i)a", "a group that begins with (?"), ("a{,3}", "a quantifier without its least count"),
        ("[]a]", "a class that begins with ]"), ("\\Aa\\Z", "the escape \\A"), ("^*", "a repeated assertion"),
        ("(^a)*", "a repeated anchor"), ("[a-\\d]", "a range to or from a class"), ("\\p{Greek}", "the property Greek"),
        ("\\012", "an octal escape"),
    ]) func whatIsNotSupportedIsRefusedByName(pattern: String, feature: String) {
        do throws(RegexError) {
            _ = try RegularLanguage(regex: pattern, matching: .anywhere)
            Issue.record("\(pattern) was understood")
        } catch {
            #expect(error.description.hasPrefix(feature), "\(error)")
        }
    }

    @Test(arguments: [
        "(", ")", "a)", "(a", "[", "[a", "[b-a]", "*", "a**", "a{2}{3}", "a{3,2}", "\\", "\\x1", "\\u12", "\\u{110000}",
        "\\uD800", "\\c1", "(?<a", "a+*", "[\\", "(?<a-b>c)",
    ]) func whatIsNotWellFormedIsRefused(pattern: String) {
        #expect(throws: RegexError.self) { try RegularLanguage(regex: pattern, matching: .anywhere) }
    }
}
