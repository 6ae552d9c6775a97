import Architectures
import CPUBackend
import Compute
import Generation
import Inference
import Sampling
import SystemPackage
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What a model says does not depend on who else asks")
struct BatchIndependenceTests {
    private func answer(_ engine: Engine, _ prompt: [TokenID], _ count: Int) async throws -> [TokenID] {
        let request = SequenceRequest(prompt: prompt, maximumTokens: count, sampling: .greedy)
        return try await engine.withSequence(request) { stream in
            var tokens: [TokenID] = []
            for try await event in stream {
                if case .token(let token) = event { tokens.append(token.token) }
            }
            return tokens
        }
    }

    @Test(
        "greedy answers of quantized models are the same alone and among eight",
        .enabled(if: Vectors.conformance != nil))
    func quantized() async throws {
        let folder = try #require(Vectors.conformance).appending(path: "models/llama/quant")
        var cases = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where name.hasSuffix(".gguf") {
            guard let file = try? ModelFile(contentsOf: FilePath(folder.appending(path: name).path), model: name) else {
                continue
            }
            let plan = try file.plan(
                CPUBackend(), contextLength: 256, batchRows: nil, parallelSequences: 8, availableBytes: .max,
                model: name)
            guard let engine = try? Engine(file.makeExecutable(CPUBackend(), plan.limits)) else { continue }
            defer { engine.shutDown() }
            var random = RandomSource(seed: 1)
            let prompts = (0..<8).map { n in
                (0..<(4 + n * 3)).map { _ in TokenID(random.next() % UInt64(file.program.vocabularySize)) }
            }
            var alone: [[TokenID]] = []
            for prompt in prompts { alone.append(try await answer(engine, prompt, 40)) }
            engine.clearCache()
            let together = try await withThrowingTaskGroup(of: (Int, [TokenID]).self) { group in
                for (index, prompt) in prompts.enumerated() {
                    group.addTask { (index, try await answer(engine, prompt, 40)) }
                }
                var answers = alone
                for try await (index, tokens) in group { answers[index] = tokens }
                return answers
            }
            let same = zip(alone, together).count { $0 == $1 }
            print("independence: \(name): \(same) of \(prompts.count)")
            #expect(same == prompts.count, "\(name)")
            cases += prompts.count
        }
        print("conformance: \(cases) batch independence cases")
    }
}
