import JSON
import Options
import OrderedCollections
import Sampling
import Testing

@Suite("Values of options")
struct OptionValuesTests {
    private let catalog = OptionCatalog.shared

    @Test("a request's options have their types, integers also with a fraction")
    func decoding() throws {
        let values = try OptionValues([
            "temperature": 1, "top_k": 5.9, "stop": "x", "dry_sequence_breakers": ["\n", "", .null, "a"],
            "use_mmap": true, "draft": "small", "unknown": [1], "seed": .null, "min_p": "",
            "logit_bias": ["15": -1, " text": 2.5],
        ])
        #expect(values[catalog.temperature] == 1 && values[catalog.topK] == 5 && values[catalog.stop] == ["x"])
        #expect(values[catalog.drySequenceBreakers] == ["\n", "a"] && values[catalog.useMmap] == true)
        #expect(values[catalog.draft] == "small" && values[catalog.seed] == nil && values[catalog.minP] == nil)
        #expect(values[catalog.logitBias]?.tokens == [15: -1])
        #expect(values[catalog.logitBias]?.texts == [" text": 2.5])
    }

    @Test(
        "a value of another type is refused in a request, and left out of a model",
        arguments: [
            ("temperature", "hot"), ("top_k", true), ("top_k", 1e30), ("stop", [1]), ("stop", 1), ("use_mmap", 1),
            ("draft", 1), ("logit_bias", "x"), ("logit_bias", ["x": "y"]), ("logit_bias", ["": 1]),
            ("logit_bias", [["x"]]), ("logit_bias", [[-1, 1]]), ("logit_bias", [[1.5, 1]]),
            ("logit_bias", ["99999999999": 1]),
        ] as [(String, JSONValue)])
    func wrongTypes(name: String, value: JSONValue) throws {
        let error = #expect(throws: OptionError.self) { try OptionValues([name: value]) }
        #expect(error?.name == name)
        #expect(OptionValues(parameters: [name: value]) == OptionValues())
    }

    @Test("whoever says something first is heard; empty lists say nothing")
    func merging() throws {
        let request = try OptionValues(["top_k": 1, "stop": [], "logit_bias": [:]])
        let model = try OptionValues(["top_k": 2, "stop": ["a"], "logit_bias": ["1": 1], "top_p": 0.5])
        let merged = request.over(model)
        #expect(merged[catalog.topK] == 1 && merged[catalog.topP] == 0.5 && merged[catalog.stop] == ["a"])
        #expect(merged[catalog.logitBias] == [1: 1])
    }

    @Test("biases are read as a map or as pairs, and read back as they were written")
    func biases() throws {
        let pairs = try #require(TokenBiases([[15, 1.5], ["15", -1], ["a", false]]))
        #expect(pairs.tokens == [15: 1.5] && pairs.texts == ["15": -1, "a": -.infinity])
        #expect(TokenBiases(pairs.json) == pairs)
        #expect(TokenBiases(["15": 1.5])?.tokens == [15: 1.5])
        let many = JSONValue.array((0...TokenBiases.limit).map { [.integer($0), 1] })
        #expect(TokenBiases(many) == nil)
        #expect(TokenBiases(.object([String(repeating: "x", count: 1000): 1])) == nil)
        var values = OptionValues()
        values[catalog.logitBias] = pairs
        #expect(values.sampling.validated().logitBias == [15: 1.5])
    }

    @Test("what holds for an option comes with who said so")
    func effective() throws {
        let request = try OptionValues(["top_k": 1])
        let model = try OptionValues(["top_k": 2, "temperature": 0.5])
        let all = EffectiveOption.all([(.request, request), (.model, model)])
        #expect(all.count == OptionCatalog.shared.all.count { $0.use != .nothing })
        func found(_ name: String) -> EffectiveOption? { all.first { $0.option.name == name } }
        #expect(found("top_k")?.value == .value(.integer(1)) && found("top_k")?.source == .request)
        #expect(found("temperature")?.value == .value(.number(0.5)) && found("temperature")?.source == .model)
        #expect(found("top_p")?.value == .value(.number(0.9)) && found("top_p")?.source == .standard)
        #expect(found("seed")?.value == .decided("random"))
        #expect(found("num_gpu") == nil)
    }
}
