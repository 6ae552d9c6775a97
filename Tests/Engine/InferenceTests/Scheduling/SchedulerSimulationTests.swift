import Compute
import Inference
import Locking
import Sampling
import Tensors
import Testing

@Suite("The scheduler survives any order of events")
struct SchedulerSimulationTests {
    /// Every run is made from its seed alone, which a failure prints.
    @Test("random requests, cancellations and pauses in a small cache: right answers, no lost block", arguments: 0..<40)
    func simulation(seed: Int) throws {
        try simulate(seed: seed, drafts: false)
    }

    @Test("the same with drafts that are right, wrong or right at first")
    func simulationWithDrafts() throws {
        var (drafted, accepted) = (0, 0)
        for seed in 100..<140 {
            let counts = try simulate(seed: seed, drafts: true)
            drafted += counts.drafted
            accepted += counts.accepted
        }
        #expect(accepted > 1_000)
        #expect(drafted > accepted + 300)
    }

    @discardableResult
    private func simulate(seed: Int, drafts: Bool) throws -> DraftCounts {
        var random = RandomSource(seed: UInt64(seed))
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        let blockTokens = 1 + below(6)
        let limits = ExecutionLimits(
            maximumRows: 1 + below(40), maximumOutputs: 1 + below(8), blockCount: 4 + below(30),
            blockTokens: blockTokens, contextLength: 6 + below(60))
        var driver = SchedulerDriver(limits: limits, parallelSequences: 1 + below(8))
        let sequenceLimit = min(limits.contextLength, limits.blockCount * blockTokens)
        let systems = (0..<3).map { _ in (0..<below(sequenceLimit)).map { _ in TokenID(below(90)) } }
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
                let request = SequenceRequest(
                    prompt: systems[below(3)] + tail, maximumTokens: 1 + below(50),
                    stopTokens: below(2) == 0 ? [] : [TokenID(below(97)), TokenID(below(97))],
                    shiftsContext: below(3) > 0, numKeep: below(8) - 1,
                    contextLength: below(3) > 0 ? nil : 4 + below(80))
                let id = driver.add(request)
                requests[id] = request
                answers.withLock { $0[id] = SchedulerDriver.expected(request, limit: sequenceLimit).tokens }
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
                try #require(stepped == hasWork, "seed \(seed): work that is not planned")
            }
            let problems = driver.scheduler.checkInvariants()
            try #require(problems.isEmpty, "seed \(seed): \(problems)")
        }
        for id in live { driver.scheduler.setPaused(id, false) }
        try driver.runUntilIdle()

        for (id, request) in requests {
            let outcome = driver.outcome(id)
            let expected = SchedulerDriver.expected(request, limit: sequenceLimit)
            if request.prompt.isEmpty || request.prompt.count >= min(sequenceLimit, request.contextLength ?? .max) {
                #expect(outcome.error != nil, "seed \(seed)")
            } else if cancelled.contains(id), outcome.end == nil {
                #expect(expected.tokens.starts(with: outcome.tokens), "seed \(seed)")
            } else {
                #expect(outcome.tokens == expected.tokens, "seed \(seed), sequence \(id.number)")
                #expect(outcome.end == expected.end, "seed \(seed), sequence \(id.number)")
            }
        }
        #expect(driver.scheduler.pool.usedCount == 0, "seed \(seed): blocks are lost")
        return driver.scheduler.drafts
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
