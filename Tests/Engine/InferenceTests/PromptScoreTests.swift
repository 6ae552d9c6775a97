import Architectures
import CPUBackend
import Compute
import Inference
import ModelTestSupport
import Sampling
import ScriptedBackend
import Tensors
import TestSupport
import Testing
import Workers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What a model says of a prompt's tokens")
struct PromptScoreTests {
    /// What an engine tells of a prompt, and its answer.
    private struct Told: Hashable, Sendable {
        var prompt: [SampledToken] = []
        var answer: [TokenID] = []
        var end: FinishReason?
        var statistics = SequenceStatistics()
    }

    private func ask(_ engine: Engine, _ request: SequenceRequest) async throws -> Told {
        try await engine.withSequence(request) { stream in
            var told = Told()
            for try await event in stream {
                switch event {
                case .prompt(let tokens):
                    #expect(told.answer.isEmpty, "the prompt comes first")
                    told.prompt += tokens
                case .token(let token, _): told.answer.append(token.token)
                case .finished(let reason, let statistics):
                    told.end = reason
                    told.statistics = statistics
                }
            }
            return told
        }
    }

    private func request(
        _ prompt: [TokenID], maximumTokens: Int = 0, alternatives: Int? = 2
    ) -> SequenceRequest {
        SequenceRequest(
            prompt: prompt, maximumTokens: maximumTokens, sampling: .greedy, promptAlternatives: alternatives)
    }

    @Test(
        "HF transformers gives the same probabilities, whatever the rows of a step",
        arguments: [GoldenSet.kept] + (GoldenSet.conformance.map { [$0] } ?? []))
    func golden(set: GoldenSet) async throws {
        var cases = 0
        for name in set.languageModels {
            let folder = set.folder.appending(path: name)
            let source = try ModelContents(folder.appending(path: "model.gguf"))
            let weights = try ExpandedWeights(source.tensors)
            let program = try ArchitectureRegistry.program(
                for: source.metadata, weights: weights, contextLength: 256
            ).program
            let prompts = try Golden(in: folder).prompts.filter { $0.image == nil }
            for outputs in [1, 16, 192] {
                var limits = ExecutionLimits.golden(program, .f32)
                limits.maximumOutputs = outputs
                let backend = CPUBackend(pool: WorkerPool(workerCount: 2))
                let engine = try Engine(backend.compile(program, weights, limits))
                defer { engine.shutDown() }
                for prompt in prompts.prefix(outputs == 192 ? .max : 1) {
                    let told = try await ask(engine, request(prompt.tokens)).prompt
                    #expect(told.map(\.token) == Array(prompt.tokens.dropFirst()), "\(name)")
                    for (row, (token, expected)) in zip(told, prompt.hf.nextTokenNll).enumerated() {
                        let found = -Double(try #require(token.logProbability))
                        #expect(
                            abs(found - expected) < 2 * Double(Tolerance.exact), "\(name), \(prompt.id), row \(row)")
                        guard prompt.hf.argmaxMargin[row] > 2 * Tolerance.exact else { continue }
                        #expect(token.alternatives.first?.token == TokenID(prompt.hf.argmax[row]), "\(name), \(row)")
                    }
                    cases += told.count
                }
            }
        }
        print("conformance: \(cases) log-probabilities of prompts")
        #expect(cases > 0)
    }

    @Test("the same alone and among eight, after others and with few blocks", arguments: CachedModel.kinds.map(\.name))
    func together(name: String) async throws {
        guard let model = try CachedModel(name) else { return }
        let prompts = Array((model.prompts + model.prompts.reversed()).prefix(8))
        let engine = try Engine(model.executable(), EngineSettings(speculation: .init(mode: .off)))
        defer { engine.shutDown() }
        var alone: [Told] = []
        for prompt in prompts { alone.append(try await ask(engine, request(prompt, maximumTokens: 6))) }
        for (prompt, told) in zip(prompts, alone) {
            #expect(told.prompt.map(\.token) == Array(prompt.dropFirst()))
            #expect(told.answer == (try model.answer(prompt, 6)))
            #expect(told.statistics.cachedPromptTokens == 0)
        }
        let small = try Engine(
            model.executable(blocks: 15), EngineSettings(parallelSequences: 6, speculation: .init(mode: .off)))
        defer { small.shutDown() }
        for engine in [engine, small] {
            let told = try await withThrowingTaskGroup(of: (Int, Told).self) { group in
                for (index, prompt) in prompts.enumerated() {
                    // One in three has no answer, and one in three is of the other kind.
                    group.addTask {
                        let request = request(
                            prompt, maximumTokens: index % 3 == 0 ? 0 : 6, alternatives: index % 3 == 1 ? nil : 2)
                        return (index, try await ask(engine, request))
                    }
                }
                var results: [Int: Told] = [:]
                for try await (index, told) in group { results[index] = told }
                return results
            }
            for index in prompts.indices {
                #expect(told[index]?.prompt == (index % 3 == 1 ? [] : alone[index].prompt), "\(name), \(index)")
                #expect(told[index]?.answer == (index % 3 == 0 ? [] : alone[index].answer), "\(name), \(index)")
            }
        }
    }

    @Test("a prompt of one token has nothing to tell, and an answer of none ends at once")
    func ends() async throws {
        let limits = ExecutionLimits(
            maximumRows: 8, maximumOutputs: 2, blockCount: 16, blockTokens: 4, contextLength: 64)
        let engine = try Engine(
            ScriptedExecutable(
                limits: limits, vocabularySize: 97,
                logits: ScriptedExecutable.certain(of: 97, ScriptedExecutable.mixing(97))))
        defer { engine.shutDown() }
        let one = try await ask(engine, request([3]))
        #expect(one.prompt.isEmpty && one.answer.isEmpty && one.end == .length)
        let two = try await ask(engine, request([3, 4], alternatives: 0))
        #expect(two.prompt.map(\.token) == [4] && two.prompt[0].alternatives.isEmpty)
        #expect(two.end == .length && two.statistics.promptTokens == 2 && two.statistics.generatedTokens == 0)
        #expect(engine.statistics.usedBlocks == 0)
    }

    @Test("a model whose output is not a number fails the request")
    func notANumber() async throws {
        let limits = ExecutionLimits(
            maximumRows: 8, maximumOutputs: 2, blockCount: 16, blockTokens: 4, contextLength: 64)
        let engine = try Engine(
            ScriptedExecutable(limits: limits, vocabularySize: 97) { _ in [Float](repeating: .nan, count: 97) })
        defer { engine.shutDown() }
        await #expect(throws: InferenceError.notANumber) { try await ask(engine, request([3, 4, 5])) }
        #expect(engine.statistics.usedBlocks == 0)
    }
}
