import Compute
import Inference
import Locking
import Sampling
import Tensors
import Testing

@Suite("The scheduler survives any order of events")
struct SchedulerSimulationTests {
    /// Whether a group is full, of windows or of states.
    private static let mixtures: [[CachePolicy]] = [
        [.full], [.full, .window(0)], [.window(0)], [.state], [.full, .state], [.full, .window(0), .state],
        [.window(0), .window(0)],
    ]

    /// What happened in a run, to see that runs are not too tame.
    private struct Counts {
        var drafts = DraftCounts()
        var preemptions = 0
        var cachedPromptTokens = 0

        mutating func add(_ scheduler: Scheduler) {
            drafts += scheduler.drafts
            preemptions += scheduler.preemptions
            cachedPromptTokens += scheduler.cachedPromptTokens
        }
    }

    /// Every run is made from its seed alone, which a failure prints.
    @Test(
        "random requests, cancellations and pauses in a small cache: right answers, no lost block", arguments: mixtures)
    func simulation(mixture: [CachePolicy]) throws {
        var counts = Counts()
        for seed in 0..<16 { try simulate(mixture, seed: seed, drafts: false, &counts) }
        #expect(counts.preemptions > 10)
        #expect(counts.cachedPromptTokens > 100)
    }

    @Test("the same with drafts that are right, wrong or right at first", arguments: mixtures)
    func simulationWithDrafts(mixture: [CachePolicy]) throws {
        var counts = Counts()
        for seed in 100..<116 { try simulate(mixture, seed: seed, drafts: true, &counts) }
        #expect(counts.drafts.accepted > 100)
        #expect(counts.drafts.drafted > counts.drafts.accepted + 40)
        #expect((counts.drafts.lostRows > 0) == mixture.contains(.state))
    }

    private func simulate(_ mixture: [CachePolicy], seed: Int, drafts: Bool, _ counts: inout Counts) throws {
        var random = RandomSource(seed: UInt64(seed))
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        let blockTokens = 1 + below(6)
        let policies = mixture.map { policy in
            if case .window = policy { CachePolicy.window(1 + below(24)) } else { policy }
        }
        var limits = ExecutionLimits(
            maximumRows: 1 + below(40), maximumOutputs: 1 + below(8), blockCount: 4 + below(30),
            blockTokens: blockTokens, contextLength: 6 + below(60))
        let fullBlocks = limits.blockCounts[0]
        limits.blockCounts = policies.map { policy in
            switch policy {
            case .full: fullBlocks
            // The window and one row may lie in so many blocks.
            case .window(let length): (length + blockTokens - 2) / blockTokens + 1 + below(20)
            case .state: 1 + below(12)
            }
        }
        let fullLimit = policies.contains(.full) ? fullBlocks * blockTokens : .max
        let sequenceLimit = min(limits.contextLength, fullLimit)
        var driver = SchedulerDriver(limits: limits, policies: policies, parallelSequences: 1 + below(8))
        let systems = (0..<3).map { _ in (0..<below(sequenceLimit)).map { _ in TokenID(below(90)) } }
        func expected(_ request: SequenceRequest) -> (tokens: [TokenID], end: FinishReason?) {
            SchedulerDriver.expected(request, limit: sequenceLimit, policies: policies)
        }
        var requests: [SequenceID: SequenceRequest] = [:]
        var live: [SequenceID] = []
        var cancelled: Set<SequenceID> = []
        let answers = Locked<[SequenceID: [TokenID]]>([:])
        if drafts { driver.guess = Self.guesses(from: answers, seed: seed) }

        for _ in 0..<300 {
            driver.scheduler.promptRows = 1 + below(limits.maximumRows)
            switch below(10) {
            case 0...1 where live.count < 20:
                let tail = (0..<below(8)).map { _ in TokenID(below(90)) }
                let isScored = below(4) == 0
                let request = SequenceRequest(
                    prompt: systems[below(3)] + tail, maximumTokens: isScored && below(3) == 0 ? 0 : 1 + below(50),
                    stopTokens: below(2) == 0 ? [] : [TokenID(below(97)), TokenID(below(97))],
                    promptAlternatives: isScored ? below(2) : nil, shiftsContext: below(3) > 0, numKeep: below(8) - 1,
                    contextLength: below(3) > 0 ? nil : 4 + below(80))
                let id = driver.add(request)
                requests[id] = request
                answers.withLock { $0[id] = expected(request).tokens }
                live.append(id)
            case 2 where !live.isEmpty && below(3) == 0:
                let id = live.remove(at: below(live.count))
                driver.scheduler.cancel(id)
                cancelled.insert(id)
            case 3...4 where !live.isEmpty:
                driver.scheduler.setPaused(live[below(live.count)], below(2) == 0)
            default:
                let hasWork = driver.scheduler.hasWork
                let stepped = try driver.step()
                try #require(stepped == hasWork, "\(policies), seed \(seed): work that is not planned")
            }
            let problems = driver.scheduler.checkInvariants()
            try #require(problems.isEmpty, "\(policies), seed \(seed): \(problems)")
        }
        for id in live { driver.scheduler.setPaused(id, false) }
        try driver.runUntilIdle()

        for (id, request) in requests {
            let outcome = driver.outcome(id)
            let expected = expected(request)
            if request.prompt.isEmpty || request.prompt.count >= min(sequenceLimit, request.contextLength ?? .max) {
                #expect(outcome.error != nil, "\(policies), seed \(seed)")
            } else if cancelled.contains(id), outcome.end == nil {
                #expect(expected.tokens.starts(with: outcome.tokens), "\(policies), seed \(seed)")
            } else {
                #expect(outcome.tokens == expected.tokens, "\(policies), seed \(seed), sequence \(id.number)")
                #expect(outcome.end == expected.end, "\(policies), seed \(seed), sequence \(id.number)")
                let scores = SchedulerDriver.expectedScores(request, policies: policies)
                let told = outcome.prompt.map { ($0.token, ($0.logProbability ?? -.infinity) > -1) }
                #expect(told.elementsEqual(scores) { $0 == $1 }, "\(policies), seed \(seed), sequence \(id.number)")
            }
        }
        #expect(driver.scheduler.pools.usedCount == 0, "\(policies), seed \(seed): blocks are lost")
        counts.add(driver.scheduler)
    }

    /// The right answers, with a mistake now and then.
    private static func guesses(
        from answers: Locked<[SequenceID: [TokenID]]>, seed: Int
    ) -> (SequenceID, [TokenID]) -> [TokenID] {
        let random = Locked(RandomSource(seed: UInt64(seed) + 1_000))
        return { id, known in
            let answer = answers.withLock { $0[id] ?? [] }
            return random.withLock { random in
                let count = Int(random.next() % 12)
                return answer.dropFirst(known.count).prefix(count).map { token in
                    random.next() % 6 == 0 ? TokenID(random.next() % 97) : token
                }
            }
        }
    }
}
