import Generation
import JSON
import Options
import OrderedCollections
import Sampling
import Testing

@Suite("Options are those of the request, then of the model, then the defaults")
struct GenerationOptionsTests {
    @Test("parameters of a model are read by their names, whole numbers also with a fraction")
    func parameters() throws {
        let json = try JSONParser.parse(
            #"""
            {"temperature": 0, "top_k": 5.9, "top_p": 0.5, "min_p": 0.1, "typical_p": 0.7, "repeat_penalty": 1.2,
             "presence_penalty": 0.3, "frequency_penalty": 0.4, "repeat_last_n": -1, "seed": 7, "num_predict": 9,
             "num_keep": 2, "stop": ["a", "b"], "num_ctx": 512, "num_batch": 64, "num_thread": 3, "mirostat": 1,
             "draft_num_predict": 4, "draft": "small"}
            """#)
        let options = GenerationOptions(parameters: try #require(json.objectValue))
        #expect(options.temperature == 0)
        #expect(options.topK == 5)
        #expect(options.topP == 0.5 && options.minP == 0.1 && options.typicalP == 0.7)
        #expect(options.repeatPenalty == 1.2 && options.presencePenalty == 0.3 && options.frequencyPenalty == 0.4)
        #expect(options.repeatLastN == -1 && options.seed == 7 && options.numPredict == 9 && options.numKeep == 2)
        #expect(options.stop == ["a", "b"])
        #expect(options.draftNumPredict == 4 && options.draft == "small")
        #expect(options.numContext == 512 && options.numBatch == 64 && options.numThread == 3)
    }

    @Test("values of another type are left out")
    func wrongTypes() {
        let options = GenerationOptions(parameters: [
            "temperature": .string("hot"), "top_k": .null, "stop": .string("x"),
        ])
        #expect(options.temperature == nil && options.topK == nil)
        #expect(options.stop == ["x"])
    }

    @Test("the request's options win, the model's fill the gaps")
    func precedence() {
        var request = GenerationOptions()
        request.temperature = 0.1
        var model = GenerationOptions()
        model.temperature = 0.9
        model.topK = 3
        let options = request.over(model)
        #expect(options.temperature == 0.1 && options.topK == 3)
        let sampling = options.sampling
        #expect(sampling.temperature == 0.1 && sampling.topK == 3 && sampling.topP == SamplingParameters().topP)
    }

    @Test("the model's stops hold unless the request has some; empty ones end nothing")
    func stops() {
        var model = GenerationOptions()
        model.stop = ["x"]
        for (stop, resolved) in [(nil, ["x"]), ([], ["x"]), (["y"], ["y"])] as [([String]?, [String])] {
            var request = GenerationOptions()
            request.stop = stop
            #expect(request.over(model).stop == resolved)
        }
        #expect(GenerationOptions(parameters: ["stop": ["", "a"]]).stop == ["a"])
        #expect(GenerationOptions(parameters: ["stop": [1, "a"]]).stop == ["a"])
    }

    @Test("a bias of tokens goes through to the sampler")
    func logitBias() {
        var request = GenerationOptions()
        request.logitBias = [7: -100]
        #expect(request.over(GenerationOptions()).sampling.logitBias == [7: -100])
    }

    @Test("a negative seed draws one, and no length is ten contexts")
    func specialValues() {
        var options = GenerationOptions()
        options.seed = -1
        #expect(options.sampling.seed == nil)
        for count in [nil, 0, -1, -2, 1_000_000] {
            options.numPredict = count
            #expect(options.maximumTokens(contextLength: 100) == 1000)
        }
        options.numPredict = 5
        #expect(options.maximumTokens(contextLength: 100) == 5)
        options.numContext = 0
        #expect(options.loadOptions(GenerationSettings()).contextLength == 4096)
        options.numContext = 1
        #expect(options.loadOptions(GenerationSettings()).contextLength == 4)
    }
}
