import Compute
import Inference
import Sampling
import ScriptedBackend
import Tensors
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Speculation makes answers faster, and never other answers")
struct SpeculationTests {
    private static let vocabularySize = 97
    private static let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 16, blockCount: 96, blockTokens: 8, contextLength: 256)

    /// Says the same again and again: each token follows from the last one, and from time to time from all.
    private static let repetitive: @Sendable ([TokenID]) -> TokenID = { tokens in
        tokens.count % 23 == 0 ? ScriptedExecutable.mixing(vocabularySize)(tokens) : (tokens[tokens.count - 1] + 1) % 7
    }

    /// One token is likely, two others are possible.
    private static func logits(
        of size: Int, _ next: @escaping @Sendable ([TokenID]) -> TokenID
    ) -> @Sendable ([TokenID]) -> [Float] {
        { tokens in
            var logits = [Float](repeating: -20, count: size)
            let token = Int(next(tokens))
            logits[token] = 3
            logits[(token + 1) % size] = 1
            logits[(token + 7) % size] = 0
            return logits
        }
    }

    /// A model whose steps last a while, whatever their rows: more rows are free.
    private func executable(
        observer: ScriptedExecutable.Observer = .init(), vocabularySize: Int = SpeculationTests.vocabularySize,
        limits: ExecutionLimits = SpeculationTests.limits, policies: [CachePolicy] = [.full],
        microseconds: UInt32 = 300, fails: Bool = false,
        _ next: @escaping @Sendable ([TokenID]) -> TokenID = SpeculationTests.repetitive
    ) -> ScriptedExecutable {
        var limits = limits
        limits.blockCounts = policies.map { _ in limits.blockCounts[0] }
        return ScriptedExecutable(
            limits: limits, policies: policies, vocabularySize: vocabularySize, observer: observer,
            beforeBatch: { _ throws(ComputeError) in
                if fails { throw .invalidBatch("a test") }
                usleep(microseconds)
            },
            logits: Self.logits(of: vocabularySize, next))
    }

    private func requests(_ sampling: SamplingParameters, count: Int = 4) -> [SequenceRequest] {
        (0..<count).map { number in
            SequenceRequest(
                prompt: (0..<12).map { TokenID(($0 + number) % 7) }, maximumTokens: 60 + number, sampling: sampling,
                stopTokens: [50])
        }
    }

    private func answers(_ engine: Engine, _ requests: [SequenceRequest]) async throws -> [[TokenID]] {
        try await withThrowingTaskGroup(of: (Int, [TokenID]).self) { group in
            for (index, request) in requests.enumerated() {
                group.addTask {
                    let tokens = try await engine.withSequence(request) { stream in
                        var tokens: [TokenID] = []
                        for try await event in stream {
                            if case .token(let token, _) = event { tokens.append(token.token) }
                        }
                        return tokens
                    }
                    return (index, tokens)
                }
            }
            var answers = Array(repeating: [TokenID](), count: requests.count)
            for try await (index, tokens) in group { answers[index] = tokens }
            return answers
        }
    }

    private static var samplings: [SamplingParameters] {
        var seeded = SamplingParameters()
        seeded.seed = 5
        var penalized = seeded
        penalized.repeatPenalty = 1.2
        penalized.typicalP = 0.9
        var held = seeded
        held.mirostat = 2
        held.dryMultiplier = 0.8
        var excluding = seeded
        excluding.xtcProbability = 0.5
        return [.greedy, seeded, penalized, held, excluding]
    }

    @Test("answers are the same without drafts, with drafts of the text, and of models good and bad", arguments: 0..<5)
    func equality(index: Int) async throws {
        let requests = requests(Self.samplings[index])
        let plain = try Engine(executable(), EngineSettings(speculation: .init(mode: .off)))
        defer { plain.shutDown() }
        let expected = try await answers(plain, requests)
        #expect(plain.statistics.drafts == DraftCounts())

        let text = try Engine(executable(), EngineSettings(speculation: .init(mode: .ngram)))
        defer { text.shutDown() }
        #expect(try await answers(text, requests) == expected)
        for request in requests.indices {
            #expect(try await answers(text, [requests[request]]) == [expected[request]])
        }
        #expect(text.statistics.drafts.drafted > 0)

        for draft in [Self.repetitive, ScriptedExecutable.mixing(Self.vocabularySize)] {
            let engine = try Engine(executable(), draft: executable(microseconds: 10, draft))
            defer { engine.shutDown() }
            #expect(try await answers(engine, requests) == expected)
            for request in requests.indices {
                #expect(try await answers(engine, [requests[request]]) == [expected[request]])
            }
            #expect(engine.statistics.drafts.drafts > 0)
        }
    }

    @Test(
        "they are the same for models with windows and states",
        arguments: [[.window(64)], [.state], [.full, .window(16), .state]] as [[CachePolicy]])
    func groups(policies: [CachePolicy]) async throws {
        // No prompt and answer is longer than the window.
        let requests = requests(.greedy, count: 3).map { request in
            var request = request
            request.maximumTokens = 50
            return request
        }
        let plain = try Engine(executable(), EngineSettings(speculation: .init(mode: .off)))
        defer { plain.shutDown() }
        let expected = try await answers(plain, requests)
        for draft in [Self.repetitive, ScriptedExecutable.mixing(Self.vocabularySize)] {
            let engine = try Engine(
                executable(policies: policies), draft: executable(policies: policies, microseconds: 10, draft))
            defer { engine.shutDown() }
            #expect(try await answers(engine, requests) == expected)
            for request in requests.indices {
                #expect(try await answers(engine, [requests[request]]) == [expected[request]])
            }
            #expect(engine.statistics.drafts.drafts > 0)
            #expect(try await eventually { engine.statistics.usedBlocks + engine.statistics.usedDraftBlocks == 0 })
        }
    }

    @Test("a request may ask for no drafts")
    func switchedOff() async throws {
        let observer = ScriptedExecutable.Observer()
        let engine = try Engine(executable(observer: observer), draft: executable())
        defer { engine.shutDown() }
        var request = requests(.greedy)[0]
        request.maximumDraft = 0
        let tokens = try await answers(engine, [request])[0]
        #expect(observer.record.batches == tokens.count)
        #expect(engine.statistics.drafts == DraftCounts())
    }

    @Test("a draft model that fails, or knows other tokens, is no harm")
    func badDrafts() async throws {
        let requests = requests(.greedy)
        let plain = try Engine(executable(), EngineSettings(speculation: .init(mode: .off)))
        defer { plain.shutDown() }
        let expected = try await answers(plain, requests)
        let failing = try Engine(executable(), draft: executable(fails: true))
        defer { failing.shutDown() }
        #expect(try await answers(failing, requests) == expected)
        let larger = try Engine(executable(), draft: executable(vocabularySize: 200) { _ in 150 })
        defer { larger.shutDown() }
        #expect(try await answers(larger, requests) == expected)
    }

    @Test("a draft model of a small context and cache goes on past their end")
    func smallDraft() async throws {
        let small = ExecutionLimits(maximumRows: 8, maximumOutputs: 2, blockCount: 9, blockTokens: 4, contextLength: 32)
        let engine = try Engine(executable(microseconds: 2_000), draft: executable(limits: small, microseconds: 1))
        defer { engine.shutDown() }
        let plain = try Engine(executable(), EngineSettings(speculation: .init(mode: .off)))
        defer { plain.shutDown() }
        let requests = requests(.greedy).map { request in
            var request = request
            request.maximumTokens = 120
            return request
        }
        #expect(try await answers(engine, requests) == answers(plain, requests))
        #expect(engine.statistics.usedDraftBlocks == 0)
    }

    @Test("requests that leave in the middle of a draft give back every block of both models")
    func leaving() async throws {
        let engine = try Engine(
            executable(microseconds: 50), draft: executable(microseconds: 5),
            EngineSettings(parallelSequences: 4, streamBound: 2))
        defer { engine.shutDown() }
        let requests = requests(.greedy, count: 60)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, request) in requests.enumerated() {
                group.addTask {
                    try await engine.withSequence(request) { stream in
                        var read = 0
                        for try await _ in stream {
                            read += 1
                            if read > number % 40 { return }
                            if number % 5 == 0 { await Task.yield() }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await eventually { engine.statistics.usedBlocks + engine.statistics.usedDraftBlocks == 0 })
        #expect(engine.statistics.runningSequences == 0)
    }
}
