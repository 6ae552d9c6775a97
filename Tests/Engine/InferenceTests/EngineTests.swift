import Compute
import Inference
import Locking
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

@Suite("The engine runs sequences on a thread of its own")
struct EngineTests {
    static let vocabularySize = 97
    private static let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 16, blockCount: 64, blockTokens: 8, contextLength: 256)

    private func makeEngine(
        _ settings: EngineSettings = EngineSettings(), limits: ExecutionLimits = EngineTests.limits,
        observer: ScriptedExecutable.Observer = .init(),
        beforeBatch: @escaping @Sendable (Batch) throws(ComputeError) -> Void = { _ in }
    ) throws -> Engine {
        try Engine(
            ScriptedExecutable(
                limits: limits, vocabularySize: Self.vocabularySize, observer: observer, beforeBatch: beforeBatch,
                logits: ScriptedExecutable.certain(
                    of: Self.vocabularySize, ScriptedExecutable.mixing(Self.vocabularySize))),
            settings)
    }

    private func request(_ first: TokenID, _ count: Int = 10, maximumTokens: Int? = 10) -> SequenceRequest {
        SequenceRequest(
            prompt: (0..<TokenID(count)).map { (first + $0 * 5) % 90 }, maximumTokens: maximumTokens, sampling: .greedy)
    }

    private func collect(_ engine: Engine, _ request: SequenceRequest) async throws -> [TokenID] {
        try await engine.withSequence(request) { stream in
            var tokens: [TokenID] = []
            for try await event in stream {
                if case .token(let token, _) = event { tokens.append(token.token) }
            }
            return tokens
        }
    }

    @Test("tokens come as they are chosen, then the end with its counts")
    func plain() async throws {
        let engine = try makeEngine()
        defer { engine.shutDown() }
        let request = request(1)
        let expected = SchedulerDriver.expected(request, limit: 256).tokens
        let (tokens, statistics) = try await engine.withSequence(request) { stream in
            var tokens: [TokenID] = []
            var end: SequenceStatistics?
            for try await event in stream {
                switch event {
                case .prompt: Issue.record("nobody asked")
                case .token(let token, _): tokens.append(token.token)
                case .finished(.length, let statistics): end = statistics
                case .finished: Issue.record("a wrong reason")
                }
            }
            return (tokens, end)
        }
        #expect(tokens == expected)
        #expect(statistics?.promptTokens == 10)
        #expect(statistics?.generatedTokens == 10)
        #expect(engine.statistics.generatedTokens == 10)
    }

    @Test("an answer does not depend on what else is in the batch")
    func independence() async throws {
        let engine = try makeEngine()
        defer { engine.shutDown() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<20 {
                group.addTask {
                    let request = request(TokenID(first), 5 + first * 7)
                    let tokens = try await collect(engine, request)
                    #expect(tokens == SchedulerDriver.expected(request, limit: 256).tokens)
                }
            }
            try await group.waitForAll()
        }
        #expect(engine.statistics.usedBlocks == 0)
    }

    @Test("leaving the scope ends the sequence and frees its blocks")
    func leaving() async throws {
        let engine = try makeEngine()
        defer { engine.shutDown() }
        let first = try await engine.withSequence(request(1, maximumTokens: nil)) { stream in
            for try await event in stream {
                if case .token(let token, _) = event { return token.token }
            }
            return -1
        }
        #expect(first >= 0)
        #expect(try await eventually { engine.statistics.runningSequences == 0 })
        #expect(engine.statistics.usedBlocks == 0)
    }

    @Test("a task cancelled anywhere ends its sequence, also one that never reads")
    func cancellation() async throws {
        let engine = try makeEngine()
        defer { engine.shutDown() }
        let reading = Task { try await collect(engine, request(1, maximumTokens: nil)) }
        let sleeping = Task {
            try await engine.withSequence(request(2, maximumTokens: nil)) { _ in try await Task.sleep(for: .seconds(60))
            }
        }
        #expect(try await eventually { engine.statistics.runningSequences == 2 })
        reading.cancel()
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        #expect(try await eventually { engine.statistics.usedBlocks == 0 })
    }

    @Test("a long prompt is cancelled within a batch")
    func cancelInPrompt() async throws {
        let observer = ScriptedExecutable.Observer()
        let limits = ExecutionLimits(
            maximumRows: 64, maximumOutputs: 4, blockCount: 4096, blockTokens: 8, contextLength: 32_768)
        let isThird = Locked(false)
        let isCancelled = Locked(false)
        let engine = try makeEngine(
            limits: limits, observer: observer,
            beforeBatch: { _ in
                guard observer.record.batches == 2 else { return }
                isThird.withLock { $0 = true }
                while !isCancelled.withLock({ $0 }) { usleep(1_000) }
            })
        defer {
            isCancelled.withLock { $0 = true }
            engine.shutDown()
        }
        let task = Task { try await collect(engine, request(1, 30_000, maximumTokens: 1)) }
        #expect(try await eventually { isThird.withLock { $0 } })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        isCancelled.withLock { $0 = true }
        #expect(try await eventually { engine.statistics.runningSequences == 0 })
        #expect(engine.statistics.usedBlocks == 0)
        #expect(observer.record.batches == 3)
    }

    @Test("a slow reader pauses its own sequence only, and loses nothing")
    func slowReader() async throws {
        let engine = try makeEngine(EngineSettings(streamBound: 4))
        defer { engine.shutDown() }
        let slow = request(1, maximumTokens: 40)
        let tokens = try await engine.withSequence(slow) { stream in
            #expect(try await eventually { engine.statistics.pausedSequences == 1 })
            #expect(engine.statistics.generatedTokens == 4)
            let other = request(2)
            #expect(try await collect(engine, other) == SchedulerDriver.expected(other, limit: 256).tokens)
            var tokens: [TokenID] = []
            for try await event in stream {
                if case .token(let token, _) = event { tokens.append(token.token) }
            }
            return tokens
        }
        #expect(tokens == SchedulerDriver.expected(slow, limit: 256).tokens)
    }

    @Test("a batch that fails ends its sequences; the next ones run")
    func failure() async throws {
        let failures = Locked(1)
        let engine = try makeEngine(beforeBatch: { _ throws(ComputeError) in
            let fails = failures.withLock { count in
                count -= 1
                return count >= 0
            }
            if fails { throw ComputeError.unsupported("a test") }
        })
        defer { engine.shutDown() }
        await #expect(throws: InferenceError.stepFailed(.unsupported("a test"))) {
            try await collect(engine, request(1))
        }
        #expect(try await collect(engine, request(1)).count == 10)
        #expect(engine.statistics.failedSteps == 1)
    }

    @Test("a prompt that cannot be is refused")
    func refusals() async throws {
        let engine = try makeEngine()
        defer { engine.shutDown() }
        await #expect(throws: InferenceError.emptyPrompt) { try await collect(engine, SequenceRequest(prompt: [])) }
        for token: TokenID in [-1, 97] {
            await #expect(throws: InferenceError.tokenOutsideVocabulary(token: token, vocabularySize: 97)) {
                try await collect(engine, SequenceRequest(prompt: [1, token]))
            }
        }
        await #expect(throws: InferenceError.promptTooLong(tokens: 256, limit: 255)) {
            try await collect(engine, request(0, 256))
        }
        #expect(engine.promptLimit == 255)
    }

    @Test("shutting down fails what runs, joins the thread and frees the executable")
    func shutDown() async throws {
        let observer = ScriptedExecutable.Observer()
        let engine = try makeEngine(observer: observer)
        let task = Task { try await collect(engine, request(1, maximumTokens: nil)) }
        #expect(try await eventually { engine.statistics.runningSequences == 1 })
        engine.shutDown()
        #expect(observer.record.isReleased)
        await #expect(throws: InferenceError.shutDown) { try await task.value }
        await #expect(throws: InferenceError.shutDown) { try await collect(engine, request(1)) }
        engine.shutDown()
    }

    @Test("an engine that is dropped frees its executable too")
    func dropped() async throws {
        let observer = ScriptedExecutable.Observer()
        do {
            let engine = try makeEngine(observer: observer)
            #expect(try await collect(engine, request(1)).count == 10)
        }
        #expect(try await eventually { observer.record.isReleased })
    }

    @Test("an idle engine computes nothing")
    func idle() async throws {
        let observer = ScriptedExecutable.Observer()
        let engine = try makeEngine(observer: observer)
        defer { engine.shutDown() }
        _ = try await collect(engine, request(1))
        let before = engine.statistics.steps
        try await Task.sleep(for: .milliseconds(20))
        #expect(engine.statistics.steps == before)
        #expect(observer.record.batches == before)
    }

    @Test("many tasks start, read a little and leave at once: every block comes back")
    func stress() async throws {
        let engine = try makeEngine(EngineSettings(parallelSequences: 6, streamBound: 2))
        defer { engine.shutDown() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<120 {
                group.addTask {
                    let request = request(TokenID(number % 80), 3 + number % 40, maximumTokens: 1 + number % 17)
                    let expected = SchedulerDriver.expected(request, limit: 256).tokens
                    let wanted = number % 3 == 0 ? number % 5 : Int.max
                    let tokens = try await engine.withSequence(request) { stream in
                        var tokens: [TokenID] = []
                        for try await event in stream {
                            guard tokens.count < wanted else { break }
                            if case .token(let token, _) = event { tokens.append(token.token) }
                            if number % 7 == 0 { await Task.yield() }
                        }
                        return tokens
                    }
                    #expect(tokens == Array(expected.prefix(wanted)))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await eventually { engine.statistics.runningSequences + engine.statistics.waitingSequences == 0 })
        #expect(engine.statistics.usedBlocks == 0)
        #expect(engine.statistics.blockCount == 64)
    }

    @Test("log-probabilities come with the tokens where they are asked for")
    func logProbabilities() async throws {
        let engine = try makeEngine()
        defer { engine.shutDown() }
        var request = request(1, maximumTokens: 1)
        request.alternatives = 3
        let token = try await engine.withSequence(request) { stream in
            for try await event in stream {
                if case .token(let token, _) = event { return token as SampledToken? }
            }
            return nil
        }
        #expect(token?.alternatives.count == 3)
        #expect(token?.alternatives.first?.token == token?.token)
        // One logit of 10 among 96 of 0: -ln(1 + 96 e^-10).
        #expect(abs(try #require(token?.logProbability) - -0.00435) < 1e-4)
    }
}
