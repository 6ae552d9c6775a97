import Sampling
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The stages leave what NumPy computes from their definitions")
struct SamplingVectorTests {
    struct Case: Decodable {
        struct Parameters: Decodable {
            let temperature, top_p, min_p, typical_p, repeat_penalty, presence_penalty, frequency_penalty: Float
            let top_k, repeat_last_n: Int

            var sampling: SamplingParameters {
                var parameters = SamplingParameters()
                parameters.temperature = temperature
                parameters.topK = top_k
                parameters.topP = top_p
                parameters.minP = min_p
                parameters.typicalP = typical_p
                parameters.repeatPenalty = repeat_penalty
                parameters.presencePenalty = presence_penalty
                parameters.frequencyPenalty = frequency_penalty
                parameters.repeatLastN = repeat_last_n
                return parameters
            }
        }
        let parameters: Parameters
        let logits: [Float]
        let history: [TokenID]
        let tokens: [TokenID]
        let probabilities: [Double]
    }

    @Test("every case keeps the same tokens with the same probabilities")
    func cases() throws {
        let cases = try JSONDecoder().decode([Case].self, from: Vectors.data("sampling/cases.json"))
        #expect(cases.count == 54)
        for (number, example) in cases.enumerated() {
            var stages = example.parameters.sampling.stages(contextLength: 4096)
            var logits = example.logits
            logits.withUnsafeMutableBufferPointer { buffer in
                var candidates = Candidates(buffer)
                for index in stages.indices {
                    for token in example.history { stages[index].accept(token) }
                    stages[index].apply(to: &candidates)
                }
                let kept = candidates.sorted
                #expect(kept.map(\.token) == example.tokens, "case \(number)")
                for (found, expected) in zip(Candidates.probabilities(of: kept), example.probabilities) {
                    #expect(abs(found - expected) < 1e-5, "case \(number)")
                }
            }
        }
    }
}
