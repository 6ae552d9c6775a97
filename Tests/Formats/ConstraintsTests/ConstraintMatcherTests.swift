import Constraints
import Tensors
import Testing
import Tokenization

@Suite struct ConstraintMatcherTests {
    private let vocabulary: Vocabulary

    init() throws {
        vocabulary = try Vocabulary(
            tokens: ["<end>", "<think>", "a", "b", "ab", "<", "think", ">", "<unknown>", "<think>a"],
            kinds: [.control, .control, .normal, .normal, .normal, .normal, .normal, .normal, .unknown, .normal],
            endOfGeneration: [0])
    }

    private func allowed(_ matcher: inout ConstraintMatcher) throws -> [TokenID] {
        let mask = try matcher.mask()
        return (0..<TokenID(vocabulary.count)).filter(mask.contains)
    }

    @Test func controlTokensAreTextWhereTheyAreAllowed() throws {
        let constraint = try Constraint(.literal("<think>a"))
        var matcher = ConstraintMatcher(constraint, tokens: TokenTrie(vocabulary))
        #expect(try allowed(&matcher) == [5, 9])
        // The same tables serve another trie.
        var marked = ConstraintMatcher(constraint, tokens: TokenTrie(vocabulary, allowing: [1]))
        #expect(try allowed(&marked) == [1, 5, 9])
        try marked.accept(1)
        #expect(try allowed(&marked) == [2])
        #expect(throws: ConstraintError.tokenNotAllowed(1)) { try matcher.accept(1) }
        #expect(try allowed(&matcher) == [5, 9])
    }

    @Test func endsAreAllowedWhereTheTextIsComplete() throws {
        let language = RegularLanguage.repetition(.literal("ab"), atLeast: 1, atMost: 2)
        var matcher = ConstraintMatcher(try Constraint(language), tokens: TokenTrie(vocabulary))
        #expect(!matcher.isComplete)
        #expect(throws: ConstraintError.tokenNotAllowed(0)) { try matcher.accept(0) }
        try matcher.accept(4)
        #expect(matcher.isComplete && !matcher.mustEnd)
        #expect(try allowed(&matcher) == [0, 2, 4])
        var copy = matcher
        try copy.accept(bytes: "ab".utf8)
        #expect(copy.mustEnd)
        #expect(try copy.mask().only == 0)
        #expect(throws: ConstraintError.byteNotAllowed(at: 1)) { try matcher.accept(bytes: "aa".utf8) }
        try copy.accept(0)
        #expect(copy.hasEnded && !matcher.hasEnded)
        #expect(throws: ConstraintError.tokenNotAllowed(2)) { try copy.accept(2) }
    }

    @Test func masksMakeOtherTokensImpossible() throws {
        var matcher = ConstraintMatcher(try Constraint(.literal("ab")), tokens: TokenTrie(vocabulary))
        let mask = try matcher.mask()
        var logits = Array(repeating: Float(1), count: 200)
        logits.withUnsafeMutableBufferPointer { mask.apply(to: $0) }
        for (token, logit) in logits.enumerated() { #expect(logit == (token == 2 || token == 4 ? 1 : -.infinity)) }
        var few: [Float] = [1, 1, 1]
        few.withUnsafeMutableBufferPointer { mask.apply(to: $0) }
        #expect(few == [-.infinity, -.infinity, 1])
    }

    @Test func aTextThatNoTokenGoesOnWithIsAnError() throws {
        var matcher = ConstraintMatcher(try Constraint(.literal("z")), tokens: TokenTrie(vocabulary))
        #expect(throws: ConstraintError.noTokenFits) { try matcher.mask() }
    }
}
