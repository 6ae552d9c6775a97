import CPUBackend
import Compute
import Generation
import Inference
import JSON
import ModelLibrary
import OrderedCollections
import Sampling
import Tensors
import Tokenization
import Workers

/// Times greedy answers through the engine, with and without tokens guessed ahead, and checks that they are the same.
struct SpeculationBench: Sendable {
    struct Result {
        var mode: SpeculationSettings.Mode
        var tokens: [TokenID]
        /// Of the generation alone.
        var tokensPerSecond: Double
        var drafts: DraftCounts

        var text: String {
            let name = mode.rawValue + String(repeating: " ", count: 6 - mode.rawValue.count)
            let rate = "\(name) \(tokensPerSecond.hundredths) tokens/s"
            guard let acceptance = drafts.acceptance else { return rate }
            return rate + "  accepted \(drafts.accepted) of \(drafts.drafted) guesses"
                + " (\((acceptance * 100).hundredths) %) in \(drafts.drafts) steps"
        }

        var json: JSONValue {
            [
                "mode": .string(mode.rawValue), "tg": .number(tokensPerSecond.hundredths),
                "tokens": .integer(tokens.count), "drafted": .integer(drafts.drafted),
                "accepted": .integer(drafts.accepted),
            ]
        }
    }

    let model: LocalModel
    let draft: LocalModel?
    let pool: WorkerPool
    let prompt: [TokenID]
    /// Tokens to generate.
    let count: Int

    /// Without guesses, with those of the text, and where there is a draft model with its own too.
    func run() async throws -> [Result] {
        if let draft {
            let (own, other) = (try draft.tokenizer().vocabulary, try model.tokenizer().vocabulary)
            if let difference = DraftFile.difference(own, other) {
                throw CommandError("the draft model has another vocabulary (\(difference))")
            }
        }
        var results: [Result] = []
        for mode in [.off, .ngram] + (draft == nil ? [] : [.auto]) as [SpeculationSettings.Mode] {
            let result = try await measure(mode)
            guard result.tokens == results.first?.tokens ?? result.tokens else {
                throw CommandError("guessing ahead (\(mode.rawValue)) changed the answer")
            }
            results.append(result)
        }
        return results
    }

    private func measure(_ mode: SpeculationSettings.Mode) async throws -> Result {
        let engine = try await BlockingThreads.shared.run { try makeEngine(mode) }
        let result = try await answer(engine, mode)
        try await BlockingThreads.shared.run { engine.shutDown() }
        return result
    }

    private func makeEngine(_ mode: SpeculationSettings.Mode) throws -> Engine {
        let (length, outputs) = (prompt.count + count + 8, SpeculationSettings.longestDraft + 1)
        let draft = mode == .auto ? draft : nil
        return try Engine(
            model.executable(length: length, outputs: outputs, pool: pool),
            draft: draft?.executable(length: length, outputs: outputs, pool: pool),
            EngineSettings(speculation: SpeculationSettings(mode: mode)))
    }

    private func answer(_ engine: Engine, _ mode: SpeculationSettings.Mode) async throws -> Result {
        let request = SequenceRequest(prompt: prompt, maximumTokens: count, sampling: .greedy)
        return try await engine.withSequence(request) { stream in
            var tokens: [TokenID] = []
            var rate = 0.0
            var drafts = DraftCounts()
            for try await event in stream {
                switch event {
                case .prompt: break
                case .token(let token, _): tokens.append(token.token)
                case .finished(_, let statistics):
                    rate = Double(max(tokens.count - 1, 0)) / (statistics.generationDuration / .seconds(1))
                    drafts = statistics.drafts
                }
            }
            return Result(mode: mode, tokens: tokens, tokensPerSecond: rate, drafts: drafts)
        }
    }
}
