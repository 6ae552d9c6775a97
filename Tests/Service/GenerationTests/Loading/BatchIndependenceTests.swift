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

@Suite("What a model says does not depend on who else asks", .computing)
struct BatchIndependenceTests {
    private func answer(_ engine: Engine, _ prompt: [TokenID], _ count: Int) async throws -> [TokenID] {
        let request = SequenceRequest(prompt: prompt, maximumTokens: count, sampling: .greedy)
        return try await engine.withSequence(request) { stream in
            var tokens: [TokenID] = []
            for try await event in stream {
                if case .token(let token, _) = event { tokens.append(token.token) }
            }
            return tokens
        }
    }

    @Test(
        "greedy answers of quantized models are the same alone and among eight, from the file and packed",
        .enabled(if: Vectors.conformance != nil))
    func quantized() async throws {
        let folder = try #require(Vectors.conformance).appending(path: "models/llama/quant")
        var cases = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where name.hasSuffix(".gguf") {
            guard let file = try? ModelFile(contentsOf: FilePath(folder.appending(path: name).path), model: name) else {
                continue
            }
            var random = RandomSource(seed: 1)
            let prompts = (0..<8).map { n in
                (0..<(4 + n * 3)).map { _ in TokenID(random.next() % UInt64(file.program.vocabularySize)) }
            }
            guard let plain = try await answers(file, .never, prompts, name) else { continue }
            cases += prompts.count
            let footprint = try CPUBackend().footprint(of: file.program.program, .f16, blockTokens: 32)
            guard footprint.copyBytes > 0 else { continue }
            #expect(try await answers(file, .always, prompts, name) == plain, "\(name), packed")
            cases += prompts.count
        }
        print("conformance: \(cases) batch independence cases")
    }

    /// What is answered to each prompt alone, which must be the same among the others. Nil where the model has a type
    /// that is not supported.
    private func answers(
        _ file: ModelFile, _ repacking: Repacking, _ prompts: [[TokenID]], _ name: String
    ) async throws -> [[TokenID]]? {
        let plan = try file.plan(
            CPUBackend(), contextLength: 256, batchRows: nil, parallelSequences: 8, availableBytes: .max,
            repacking: repacking, model: name)
        guard let engine = try? Engine(file.makeExecutable(CPUBackend(), plan.limits)) else { return nil }
        defer { engine.shutDown() }
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
        print("independence: \(name), repacking \(repacking): \(same) of \(prompts.count)")
        #expect(same == prompts.count, "\(name)")
        return alone
    }
}
