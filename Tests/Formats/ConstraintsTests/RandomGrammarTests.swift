import Constraints
import Tensors
import TestSupport
import Testing
import Tokenization

/// Random grammars and random texts, held against a recogniser that tries everything.
@Suite(.computing) struct RandomGrammarTests {
    /// Grammars whose rules begin with themselves, or that match nothing, are refused; the recogniser would not end.
    private func compiled(_ sample: SampleGrammar) throws -> Constraint? {
        do throws(ConstraintError) {
            return try Constraint(sample.grammar)
        } catch {
            switch error {
            case .leftRecursion, .matchesNothing: return nil
            default: throw error
            }
        }
    }

    @Test(arguments: [false, true]) func textsMatchWhatTheGrammarSays(hasBooleans: Bool) throws {
        var generator = SeededGenerator(seed: hasBooleans ? 1 : 2)
        var (grammars, matches) = (0, 0)
        for _ in 0..<800 {
            let sample = SampleGrammar(&generator, hasBooleans: hasBooleans)
            guard let constraint = try compiled(sample) else { continue }
            grammars += 1
            for _ in 0..<8 {
                let text = SampleGrammar.text(&generator)
                let isMatch = NaiveRecogniser.matches(sample, text)
                matches += isMatch ? 1 : 0
                #expect(try constraint.matches(text) == isMatch, "\(sample.rules) \(text)")
            }
        }
        #expect(grammars > 300)
        #expect(matches > 100)
    }

    private static let vocabulary: Vocabulary? = {
        var tokens = ["<end>", "<stop>", "<mark>"]
        for first in ["a", "b", "c", "é"] {
            tokens.append(first)
            for second in ["a", "b", "c", "é"] {
                tokens.append(first + second)
                for third in ["a", "b"] { tokens.append(first + second + third) }
            }
        }
        tokens += ["abcabcabcabcabcabcabc", "aaaaaaaaaaaaaaaaaaaaa"]
        var kinds = Array(repeating: TokenKind.normal, count: tokens.count)
        for index in 0..<3 { kinds[index] = .control }
        return try? Vocabulary(tokens: tokens, kinds: kinds, endOfGeneration: [0, 1])
    }()

    private static let tooManyReadings = ConstraintError.tooLarge(.work, limit: ConstraintLimits().expansions)

    @Test(arguments: [false, true]) func masksAllowTheTokensThatAreAccepted(hasBooleans: Bool) throws {
        let vocabulary = try #require(Self.vocabulary)
        let tokens = TokenTrie(vocabulary)
        var generator = SeededGenerator(seed: hasBooleans ? 3 : 4)
        var ended = 0
        for _ in 0..<300 {
            let sample = SampleGrammar(&generator, hasBooleans: hasBooleans)
            guard let constraint = try compiled(sample) else { continue }
            var matcher = ConstraintMatcher(constraint, tokens: tokens)
            var text: [UInt8] = []
            for _ in 0..<12 {
                let mask: TokenMask
                do throws(ConstraintError) {
                    mask = try matcher.mask()
                } catch {
                    // No token has the bytes that are left; or there are too many readings of a long token.
                    #expect([.noTokenFits, Self.tooManyReadings].contains(error), "\(sample.rules) \(text)")
                    break
                }
                let accepted = (0..<TokenID(vocabulary.count)).filter { token in
                    var copy = matcher
                    return (try? copy.accept(token)) != nil
                }
                let allowed = (0..<TokenID(vocabulary.count)).filter(mask.contains)
                try #require(accepted == allowed, "\(sample.rules) \(text)")
                #expect(mask.count == allowed.count)
                #expect(mask.only == (allowed.count == 1 ? allowed[0] : nil))
                #expect(mask.contains(0) == matcher.isComplete)
                #expect(matcher.mustEnd == allowed.allSatisfy { $0 < 2 })
                #expect(matcher.isComplete == NaiveRecogniser.matches(sample, text))
                let token = allowed[Int.random(in: 0..<allowed.count, using: &generator)]
                try matcher.accept(token)
                if matcher.hasEnded {
                    ended += 1
                    break
                }
                text += vocabulary.text(of: token)
            }
        }
        #expect(ended > 100)
    }
}
