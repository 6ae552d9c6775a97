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
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Guessing ahead changes no answer of a real model", .computing)
struct DraftTests {
    private static var path: FilePath {
        FilePath(Vectors.directory.appending(path: "models/llama-yarn/model.gguf").path)
    }

    /// An engine that guesses, from a draft model too where `draft` names its weights.
    private func engine(
        _ path: FilePath, _ mode: SpeculationSettings.Mode, draft: FilePath? = nil
    ) throws -> Engine {
        let file = try ModelFile(contentsOf: path, model: "tiny")
        let backend = CPUBackend()
        let plan = try file.plan(
            backend, contextLength: 256, batchRows: 64, parallelSequences: 4, availableBytes: .max, model: "tiny")
        let settings = EngineSettings(parallelSequences: 4, speculation: SpeculationSettings(mode: mode))
        guard let draft else { return try Engine(file.makeExecutable(backend, plan.limits), settings) }
        let source = DraftSource(name: "draft", path: draft, origin: .named)
        let draftFile = try #require(try DraftFile(source, for: file, model: "tiny"))
        let draftPlan = try draftFile.plan(backend, beside: plan, parallelSequences: 4, availableBytes: .max)
        return try Engine(
            file.makeExecutable(backend, plan.limits), draft: draftFile.makeExecutable(backend, draftPlan.limits),
            settings)
    }

    private func requests(vocabulary: Int, count: Int) -> [SequenceRequest] {
        var random = RandomSource(seed: 3)
        return (0..<count).map { number in
            let part = (0..<6 + number).map { _ in TokenID(random.next() % UInt64(vocabulary)) }
            var seeded = SamplingParameters()
            seeded.seed = UInt64(number)
            return SequenceRequest(
                prompt: part + part + part, maximumTokens: 40, sampling: number % 2 == 0 ? .greedy : seeded)
        }
    }

    private func answers(_ engine: Engine, _ requests: [SequenceRequest]) async throws -> [[SampledToken]] {
        try await withThrowingTaskGroup(of: (Int, [SampledToken]).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask {
                    let tokens = try await engine.withSequence(request) { stream in
                        var tokens: [SampledToken] = []
                        for try await event in stream {
                            if case .token(let token, _) = event { tokens.append(token) }
                        }
                        return tokens
                    }
                    return (index, tokens)
                }
            }
            var answers = Array(repeating: [SampledToken](), count: requests.count)
            for try await (index, tokens) in group { answers[index] = tokens }
            return answers
        }
    }

    /// - Returns: the drafts of all engines.
    private func compare(_ path: FilePath) async throws -> (cases: Int, accepted: Int) {
        let plain = try engine(path, .off)
        defer { plain.shutDown() }
        let requests = requests(vocabulary: plain.vocabularySize, count: 6)
        let expected = try await answers(plain, requests)
        var accepted = 0
        for draft in [nil, path] as [FilePath?] {
            let engine = try engine(path, .auto, draft: draft)
            defer { engine.shutDown() }
            #expect(try await answers(engine, requests) == expected, "\(path), together")
            for (request, answer) in zip(requests, expected) {
                #expect(try await answers(engine, [request]) == [answer], "\(path), alone")
            }
            accepted += engine.statistics.drafts.accepted
            // The engine tells what it holds after the last token was read.
            #expect(
                try await eventually { engine.statistics.usedBlocks + engine.statistics.usedDraftBlocks == 0 })
        }
        return (requests.count * 4, accepted)
    }

    @Test("greedy and seeded answers are the same with drafts, alone and together")
    func equality() async throws {
        #expect(try await compare(Self.path).accepted > 0)
    }

    @Test("the same for every architecture and format of the conformance set", .enabled(if: Vectors.conformance != nil))
    func conformance() async throws {
        let root = try #require(Vectors.conformance).appending(path: "models")
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        var (cases, accepted, others) = (0, 0, 0)
        for name in files.sorted() where name.hasSuffix(".gguf") {
            let path = FilePath(root.appending(path: name).path)
            guard let file = try? ModelFile(contentsOf: path, model: name), file.program.program.meaning == .logits,
                (try? engine(path, .off))?.shutDown() != nil
            else {
                others += 1
                continue
            }
            let result = try await compare(path)
            cases += result.cases
            accepted += result.accepted
        }
        print("conformance: \(cases) answers with drafts, \(accepted) tokens accepted; \(others) files do not run")
        #expect(cases > 0 && accepted > 0)
    }

    @Test("vocabularies may differ by padding at the end, and by nothing else")
    func vocabularies() throws {
        let tokens = (0..<600).map { "token \($0)" }
        let model = try Vocabulary(tokens: tokens)
        #expect(DraftFile.difference(model, model) == nil)
        #expect(DraftFile.difference(try Vocabulary(tokens: Array(tokens.prefix(400))), model) == nil)
        #expect(
            DraftFile.difference(try Vocabulary(tokens: Array(tokens.prefix(300))), model) == "300 tokens, not 600")
        var other = tokens
        other[7] = "sept"
        #expect(
            DraftFile.difference(try Vocabulary(tokens: other), model) == #"token 7 is "sept", not "token 7""#)
    }
}
