import Constraints
import Tensors
import Testing
import Tokenization

/// Constraints that were made to cost much. Nothing here waits for time: limits are what ends them.
@Suite(.serialized) struct HostileConstraintTests {
    private static let limits: ConstraintLimits = {
        var limits = ConstraintLimits()
        limits.tableBytes = 4 << 20
        limits.maskBytes = 1 << 20
        limits.work = 1 << 16
        limits.expansions = 1 << 12
        limits.stacks = 128
        limits.derivative = 256
        return limits
    }()

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let source: String
        /// Texts that are held against it.
        let texts: [String]
        /// It is refused at compile time.
        let isRefused: Bool

        init(_ name: String, _ source: String, _ texts: [String] = [], isRefused: Bool = false) {
            self.name = name
            self.source = source
            self.texts = texts
            self.isRefused = isRefused
        }

        var testDescription: String { name }
    }

    private static let manyLetters = String(repeating: "x", count: 100)

    static let cases = [
        Case("left recursion", "root ::= root \"a\" | \"b\"", isRefused: true),
        Case("left recursion through others", "root ::= a\na ::= b \"x\" | \"y\"\nb ::= a | \"z\"", isRefused: true),
        Case("left recursion behind what may be empty", "root ::= \"x\"* (\"y\"?){3} root \"z\"", isRefused: true),
        Case("a rule that is itself", "root ::= root", isRefused: true),
        Case("no text at all", "root ::= \"a\" root", isRefused: true),
        Case("no byte at all", "root ::= [^\\u0000-\\U0010FFFF]", isRefused: true),
        Case("an endless count", "root ::= \"a\"{99999999999}", isRefused: true),
        Case("counts of counts", "root ::= ((\"x\"{1,1000000}){1,1000000}){1,1000000}", [manyLetters]),
        Case(
            "counts of what may be empty", "root ::= (((\"x\"?){0,1000000} \"y\"?){0,1000000}){9,1000000}",
            [manyLetters]),
        Case(
            "counts of rules that may be empty", "root ::= (a{0,1000000}){0,1000000}\na ::= \"x\" a | \"\"",
            [manyLetters]),
        Case("repetitions of repetitions", "root ::= ((((\"x\"*)*)*)*)*", [manyLetters]),
        Case(
            "repetitions of rules that may be empty", "root ::= a*\na ::= (b*)*\nb ::= a2*\na2 ::= \"x\" b | \"\"",
            [manyLetters]),
        Case(
            "thousands of literals", "root ::= " + (0..<5000).map { "\"word\($0)\"" }.joined(separator: "|"),
            ["word4321"]),
        Case(
            "thousands of rules",
            (0..<3000).map { "r\($0) ::= \"a\" r\($0 + 1) | \"(\" r\($0 / 2) \")\"\n" }.joined()
                + "r3000 ::= \"b\"\nroot ::= r0", [String(repeating: "a", count: 3000) + "b"]),
        Case(
            "thousands of alternatives that nest",
            "root ::= " + (0..<1500).map { "\"x\" root \"\($0)\"" }.joined(separator: "|") + "|\"y\"", isRefused: true),
        Case(
            "ambiguous sequences", "root ::= \"x\" | \"(\" root root root root \")\" | \"x\" root root", [manyLetters]),
        Case("ambiguous repetitions", "root ::= (\"x\" | \"xx\" | \"xxx\" root)*", [manyLetters]),
        Case(
            "doubling rules",
            (0..<40).map { "r\($0) ::= r\($0 + 1) r\($0 + 1)\n" }.joined()
                + "r40 ::= \"x\"?\nroot ::= r0", isRefused: true),
        Case(
            "doubling choices",
            (0..<40).map { "r\($0) ::= r\($0 + 1) \"a\" | r\($0 + 1) \"b\"\n" }.joined()
                + "r40 ::= \"x\" r40 | \"y\"\nroot ::= r0", isRefused: true),
        Case("states without end", "root ::= [ab]* \"a\" [ab]{30}", [String(repeating: "ab", count: 100)]),
        Case("deep texts", "root ::= \"(\" root \")\" | \"x\"", [String(repeating: "(", count: 5000)]),
        Case(
            "a class of everything, many times", "root ::= ([^\\u3042] [\\U00010000-\\U0010FFFE] .)*", ["aa\u{10000}a"]),
    ]

    private static let tokens: TokenTrie? = {
        let texts =
            ["<end>"] + (0..<26).map { String(Unicode.Scalar(UInt8(0x61 + $0))) }
            + ["(", ")", "((((", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxx", "word", "1", "ab", "abab", "あ"]
        return (try? Vocabulary(tokens: texts, endOfGeneration: [0])).map { TokenTrie($0) }
    }()

    @Test(arguments: cases) func limitsHold(_ hostile: Case) throws {
        let tokens = try #require(Self.tokens)
        let constraint: Constraint
        do throws(ConstraintError) {
            constraint = try Constraint(Grammar(gbnf: hostile.source, limits: Self.limits), limits: Self.limits)
            #expect(!hostile.isRefused)
        } catch {
            #expect(hostile.isRefused, "\(error)")
            return
        }
        for text in hostile.texts {
            var matcher = ConstraintMatcher(constraint, tokens: tokens)
            do throws(ConstraintError) {
                for byte in text.utf8 {
                    _ = try matcher.mask()
                    try matcher.accept(bytes: CollectionOfOne(byte))
                }
            } catch {
                // Levels and tokens run out as well.
                switch error {
                case .tooLarge, .byteNotAllowed, .noTokenFits: break
                default: Issue.record("\(error)")
                }
            }
        }
        // The last charge goes beyond the limit and is not made.
        #expect(constraint.tableBytes < Self.limits.tableBytes + 1 << 20)
    }

    @Test func intersectionsOfManyCountsAreRefused() {
        let any = RegularLanguage.repetition(.bytes(.all), atLeast: 0, atMost: nil)
        let parts = [3, 5, 7, 11, 13, 17].map { count in
            RegularLanguage.repetition(.sequence(Array(repeating: .bytes(.all), count: count)), atLeast: 0, atMost: nil)
        }
        #expect(throws: ConstraintError.tooLarge(.exploredStates, limit: Self.limits.exploredStates)) {
            try Constraint(.intersection([any] + parts), limits: Self.limits)
        }
        let last = RegularLanguage.sequence([any, .literal("a"), .repetition(.bytes(.all), atLeast: 20, atMost: 20)])
        #expect(throws: ConstraintError.self) { try Constraint(.complement(last), limits: Self.limits) }
    }

    @Test func deepLanguagesAreRefused() {
        var language = RegularLanguage.literal("a")
        for _ in 0..<1000 { language = .choice([.sequence([language, .literal("b")]), .literal("c")]) }
        #expect(throws: ConstraintError.tooLarge(.nesting, limit: Self.limits.nesting)) {
            try Constraint(language, limits: Self.limits)
        }
    }
}
