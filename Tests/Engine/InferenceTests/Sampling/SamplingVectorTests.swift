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
            let top_n_sigma, dry_multiplier, dry_base, xtc_probability, xtc_threshold: Float?
            let dry_allowed_length, dry_penalty_last_n: Int?
            let dry_sequence_breakers: [[TokenID]]?

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
                parameters.topNSigma = top_n_sigma ?? parameters.topNSigma
                parameters.xtcProbability = xtc_probability ?? parameters.xtcProbability
                parameters.xtcThreshold = xtc_threshold ?? parameters.xtcThreshold
                parameters.dryMultiplier = dry_multiplier ?? parameters.dryMultiplier
                parameters.dryBase = dry_base ?? parameters.dryBase
                parameters.dryAllowedLength = dry_allowed_length ?? parameters.dryAllowedLength
                parameters.dryPenaltyLastN = dry_penalty_last_n ?? parameters.dryPenaltyLastN
                for breaker in dry_sequence_breakers ?? [] {
                    parameters.dryBreakers.insert(breaker[0], then: Array(breaker.dropFirst()))
                }
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
        #expect(cases.count == 54 + 54)
        for (number, example) in cases.enumerated() {
            var stages = example.parameters.sampling.stages(contextLength: 4096)
            for index in stages.indices {
                for token in example.history { stages[index].accept(token) }
            }
            let kept = candidates(of: example.logits, after: &stages)
            expect(kept, example.tokens, example.probabilities, "case \(number)")
        }
    }

    struct MirostatRun: Decodable {
        struct Step: Decodable {
            let logits: [Float]
            let tokens: [TokenID]
            let probabilities: [Double]
            let chosen: TokenID
        }
        let version: Int
        let tau, eta, temperature: Float
        let steps: [Step]
    }

    @Test("Mirostat keeps the same tokens step by step, as its limit follows the chosen ones")
    func mirostat() throws {
        let runs = try JSONDecoder().decode([MirostatRun].self, from: Vectors.data("sampling/mirostat.json"))
        #expect(runs.count == 8)
        for (number, run) in runs.enumerated() {
            var parameters = SamplingParameters()
            parameters.temperature = run.temperature
            parameters.mirostat = run.version
            parameters.mirostatTau = run.tau
            parameters.mirostatEta = run.eta
            var stages = parameters.stages(contextLength: 4096)
            // The prompt was not chosen, and moves nothing.
            for index in stages.indices { stages[index].accept(0) }
            for (position, step) in run.steps.enumerated() {
                let kept = candidates(of: step.logits, after: &stages)
                expect(kept, step.tokens, step.probabilities, "run \(number), step \(position)")
                for index in stages.indices { stages[index].accept(step.chosen) }
            }
        }
    }

    /// What the stages leave, most likely first.
    private func candidates(of logits: [Float], after stages: inout [any SamplingStage]) -> [Candidate] {
        var logits = logits
        var random = RandomSource(seed: 1)
        return logits.withUnsafeMutableBufferPointer { buffer in
            var candidates = Candidates(buffer)
            for index in stages.indices { stages[index].apply(to: &candidates, random: &random) }
            return candidates.sorted
        }
    }

    private func expect(_ kept: [Candidate], _ tokens: [TokenID], _ probabilities: [Double], _ comment: Comment) {
        #expect(kept.map(\.token) == tokens, comment)
        for (found, expected) in zip(Candidates.probabilities(of: kept), probabilities) {
            #expect(abs(found - expected) < 1e-5, comment)
        }
    }
}
