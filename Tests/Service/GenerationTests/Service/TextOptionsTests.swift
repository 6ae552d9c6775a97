import Generation
import JSON
import Options
import OrderedCollections
import Sampling
import Tensors
import Testing
import Tokenization

@Suite("Texts among the options become tokens")
struct TextOptionsTests {
    /// Takes the longest token at each place.
    private struct Greedy: Tokenizer {
        let vocabulary: Vocabulary

        init(_ tokens: [String]) throws { vocabulary = try Vocabulary(tokens: tokens) }

        func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
            var rest = Array(bytes)[...]
            var result: [TokenID] = []
            while !rest.isEmpty {
                let tokens = (1...min(8, rest.count)).compactMap { length in
                    vocabulary.token(withText: String(decoding: rest.prefix(length), as: UTF8.self))
                        .map { (token: $0, length: length) }
                }
                guard let longest = tokens.last else { return result }
                result.append(longest.token)
                rest = rest.dropFirst(longest.length)
            }
            return result
        }
    }

    @Test("every token of a text is biased, beside those that have a number")
    func biases() throws {
        let tokenizer = try Greedy(["a", "b", "ab", "c"])
        var options = GenerationOptions()
        options.logitBias = [3: 1]
        options.logitBias?.texts = ["abca": -2, "c": 0.5]
        #expect(try options.sampling(with: tokenizer).logitBias == [2: -2, 3: -0.5, 0: -2])
        #expect(options.sampling.logitBias == [3: 1], "without a tokenizer only numbers are known")
    }

    @Test("texts of too many tokens are refused")
    func manyTokens() throws {
        let tokenizer = try Greedy((0..<5000).map { "\($0) " })
        var biases = TokenBiases()
        for start in stride(from: 0, to: 5000, by: 20) {
            biases.texts[(start..<start + 20).map { "\($0) " }.joined()] = 1
        }
        var options = GenerationOptions()
        options.logitBias = biases
        #expect(throws: GenerationError.self) { try options.sampling(with: tokenizer) }
    }

    @Test("a breaker is every token that it stands in, and every way that tokens begin it")
    func breakers() throws {
        let tokenizer = try Greedy(["\n", "a\n", "ab", "<e", "nd", ">", "x<", "end>", "<end>!", "e", "n", "d"])
        var expected = SequenceBreakers()
        for token in [0, 1] as [TokenID] { expected.insert(token) }
        #expect(SequenceBreakers(["\n"], tokenizer) == expected)
        expected = SequenceBreakers()
        expected.insert(8)
        expected.insert(3, then: [4, 5])
        expected.insert(6, then: [7])
        #expect(SequenceBreakers(["<end>"], tokenizer) == expected)
        #expect(SequenceBreakers([], tokenizer).isEmpty && SequenceBreakers([""], tokenizer).isEmpty)
    }

    @Test("breakers are looked for only where repetitions cost something")
    func defaults() throws {
        let tokenizer = try Greedy(["\n", "a", "b*"])
        var options = GenerationOptions()
        #expect(try options.sampling(with: tokenizer).dryBreakers.isEmpty)
        options.dryMultiplier = 0.8
        var expected = SequenceBreakers()
        for token in [0, 2] as [TokenID] { expected.insert(token) }
        #expect(try options.sampling(with: tokenizer).dryBreakers == expected)
        options.drySequenceBreakers = ["a"]
        expected = SequenceBreakers()
        expected.insert(1)
        #expect(try options.sampling(with: tokenizer).dryBreakers == expected)
    }

    @Test("what a model will use is told with who said so")
    func effective() throws {
        var settings = GenerationSettings()
        settings.contextLength = 512
        let parameters = GenerationOptions(parameters: ["top_k": 3])
        let all = GenerationOptions.effective(parameters: parameters, settings)
        let found = Dictionary(uniqueKeysWithValues: all.map { ($0.option.name, $0) })
        #expect(found["num_ctx"]?.value == .value(.integer(512)) && found["num_ctx"]?.source == .server)
        #expect(found["top_k"]?.value == .value(.integer(3)) && found["top_k"]?.source == .model)
        #expect(found["temperature"]?.source == .standard)
    }
}
