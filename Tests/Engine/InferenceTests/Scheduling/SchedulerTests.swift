import Compute
import Inference
import Sampling
import ScriptedBackend
import Tensors
import Testing

@Suite("The scheduler shares batches and blocks among sequences")
struct SchedulerTests {
    private let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 16, blockCount: 64, blockTokens: 8, contextLength: 256)

    private func prompt(_ count: Int, from first: TokenID = 0) -> [TokenID] {
        (0..<count).map { (first + TokenID($0) * 7) % 90 }
    }

    @Test("a sequence gives what the model says of all of its tokens, and ends at maximumTokens")
    func plain() throws {
        var driver = SchedulerDriver(limits: limits)
        let request = SequenceRequest(prompt: prompt(100), maximumTokens: 20)
        let id = driver.add(request)
        try driver.runUntilIdle()
        let outcome = driver.outcome(id)
        #expect(outcome.tokens == SchedulerDriver.expected(request, limit: 256).tokens)
        #expect(outcome.end == .length)
        #expect(outcome.statistics.promptTokens == 100)
        #expect(outcome.statistics.generatedTokens == 20)
        // 100 rows of prompt in two batches, then one row for each further token.
        #expect(driver.observer.record.rows == 119)
        #expect(driver.observer.record.batches == 21)
        #expect(driver.scheduler.pools.usedCount == 0)
    }

    @Test("a stop token ends the answer and is not part of it")
    func stop() throws {
        var driver = SchedulerDriver(limits: limits)
        let free = SchedulerDriver.expected(SequenceRequest(prompt: prompt(9), maximumTokens: 30), limit: 256).tokens
        let id = driver.add(SequenceRequest(prompt: prompt(9), maximumTokens: 30, stopTokens: [free[5]]))
        try driver.runUntilIdle()
        let position = try #require(free.firstIndex(of: free[5]))
        #expect(driver.outcome(id).tokens == Array(free[..<position]))
        #expect(driver.outcome(id).end == .stop)
        #expect(driver.outcome(id).statistics.generatedTokens == position + 1)
    }

    @Test("what can never run fails with the reason", arguments: [0, 256, 300])
    func neverFits(count: Int) {
        var driver = SchedulerDriver(limits: limits)
        let id = driver.add(SequenceRequest(prompt: prompt(count)))
        #expect(driver.outcome(id).error == (count == 0 ? .emptyPrompt : .promptTooLong(tokens: count, limit: 255)))
        #expect(!driver.scheduler.hasWork)
    }

    @Test("a cache smaller than the context limits the prompt")
    func smallCache() {
        let small = ExecutionLimits(
            maximumRows: 8, maximumOutputs: 2, blockCount: 3, blockTokens: 8, contextLength: 256)
        var driver = SchedulerDriver(limits: small)
        let tooLong = driver.add(SequenceRequest(prompt: prompt(24)))
        let fitting = driver.add(SequenceRequest(prompt: prompt(23)))
        #expect(driver.outcome(tooLong).error == .promptTooLong(tokens: 24, limit: 23))
        #expect(driver.outcome(fitting).error == nil)
    }

    @Test("prompts that arrive together are answered one after another, the shortest first")
    func burst() throws {
        let limits = ExecutionLimits(
            maximumRows: 32, maximumOutputs: 16, blockCount: 200, blockTokens: 8, contextLength: 256)
        var driver = SchedulerDriver(limits: limits, parallelSequences: 16)
        let long = (0..<9).map { driver.add(SequenceRequest(prompt: prompt(64, from: 1 + $0), maximumTokens: 4)) }
        let short = driver.add(SequenceRequest(prompt: prompt(16), maximumTokens: 4))
        var firstTokens: [SequenceID: Int] = [:]
        var step = 0
        while try driver.step() {
            step += 1
            for id in long + [short] where firstTokens[id] == nil && !driver.outcome(id).tokens.isEmpty {
                firstTokens[id] = step
            }
        }
        let steps = try long.map { try #require(firstTokens[$0]) }
        #expect(firstTokens[short] == 1)
        #expect(steps == steps.sorted() && Set(steps).count == steps.count)
        #expect(Double(steps[4]) <= 0.6 * Double(steps[8]))
    }

    @Test("a long prompt waits for about as many rows of shorter ones as it has itself")
    func age() throws {
        let limits = ExecutionLimits(
            maximumRows: 32, maximumOutputs: 16, blockCount: 200, blockTokens: 8, contextLength: 256)
        var driver = SchedulerDriver(limits: limits)
        let long = driver.add(SequenceRequest(prompt: prompt(200), maximumTokens: 1))
        var steps = 0
        while driver.outcome(long).tokens.isEmpty, steps < 100 {
            _ = driver.add(SequenceRequest(prompt: prompt(32, from: TokenID(steps + 1)), maximumTokens: 1))
            _ = try driver.step()
            steps += 1
        }
        // 200 rows of its own and as many of others, 32 a step.
        #expect((7...16).contains(steps))
    }

    @Test("no tokens are wanted: the sequence ends at once")
    func nothingWanted() {
        var driver = SchedulerDriver(limits: limits)
        let id = driver.add(SequenceRequest(prompt: prompt(5), maximumTokens: 0))
        #expect(driver.outcome(id).end == .length)
    }

    @Test("a full context ends the answer where shifting is off")
    func fullContext() throws {
        var driver = SchedulerDriver(limits: limits)
        let id = driver.add(SequenceRequest(prompt: prompt(250), shiftsContext: false))
        try driver.runUntilIdle()
        #expect(driver.outcome(id).end == .length)
        #expect(driver.outcome(id).tokens.count == 7)
    }

    @Test("a full context is shifted: the first tokens stay, half of the others go", arguments: [0, 4, 40, -1, 1000])
    func shift(numKeep: Int) throws {
        var driver = SchedulerDriver(limits: limits)
        let request = SequenceRequest(prompt: prompt(60), maximumTokens: 600, numKeep: numKeep)
        let id = driver.add(request)
        try driver.runUntilIdle()
        let expected = SchedulerDriver.expected(request, limit: 256)
        #expect(driver.outcome(id).tokens == expected.tokens)
        #expect(driver.outcome(id).tokens.count == 600)
    }

    @Test("a second request with the same beginning computes only what is new")
    func prefixReuse() throws {
        var driver = SchedulerDriver(limits: limits)
        let system = prompt(50)
        _ = driver.add(SequenceRequest(prompt: system + [1, 2, 3], maximumTokens: 1))
        try driver.runUntilIdle()
        let before = driver.observer.record.rows
        let request = SequenceRequest(prompt: system + [4, 5, 6], maximumTokens: 5)
        let id = driver.add(request)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).statistics.cachedPromptTokens == 48)
        #expect(driver.observer.record.rows - before == 53 - 48 + 4)
        #expect(driver.outcome(id).tokens == SchedulerDriver.expected(request, limit: 256).tokens)
    }

    @Test("a repeated prompt still computes its last token")
    func wholePromptCached() throws {
        var driver = SchedulerDriver(limits: limits)
        for _ in 0..<2 {  // The length is a multiple of the block's.
            let id = driver.add(SequenceRequest(prompt: prompt(64), maximumTokens: 3))
            try driver.runUntilIdle()
            #expect(driver.outcome(id).tokens.count == 3)
        }
        #expect(driver.scheduler.cachedPromptTokens == 56)
    }

    @Test("requests that arrive together compute their common beginning once")
    func concurrentPrefix() throws {
        var driver = SchedulerDriver(limits: limits)
        let requests = (0..<8).map { SequenceRequest(prompt: prompt(120) + [TokenID($0)], maximumTokens: 4) }
        let ids = requests.map { driver.add($0) }
        try driver.runUntilIdle()
        #expect(driver.observer.record.rows == 120 + 8 + 8 * 3)
        for (id, request) in zip(ids, requests) {
            #expect(driver.outcome(id).tokens == SchedulerDriver.expected(request, limit: 256).tokens)
        }
    }

    @Test("who generates gets a token at each step while a long prompt is read")
    func fairness() throws {
        var driver = SchedulerDriver(limits: limits)
        driver.scheduler.promptRows = 16
        let first = driver.add(SequenceRequest(prompt: prompt(4), maximumTokens: 40))
        _ = try driver.step()
        _ = driver.add(SequenceRequest(prompt: prompt(200, from: 3), maximumTokens: 1))
        for count in 2...12 {
            _ = try driver.step()
            #expect(driver.outcome(first).tokens.count == count)
            #expect(try #require(driver.lastPlan).batch.tokens.count == 17)
        }
    }

    @Test("a short prompt does not wait for a long one")
    func shortBesideLong() throws {
        var driver = SchedulerDriver(limits: limits)
        driver.scheduler.promptRows = 16
        let long = driver.add(SequenceRequest(prompt: prompt(200), maximumTokens: 1))
        let short = driver.add(SequenceRequest(prompt: prompt(6, from: 50), maximumTokens: 1))
        _ = try driver.step()
        #expect(driver.outcome(short).end == .length)
        #expect(driver.outcome(long).end == nil)
    }

    @Test("more sequences than may run wait, and all end")
    func queue() throws {
        var driver = SchedulerDriver(limits: limits, parallelSequences: 2)
        let ids = (0..<6).map { driver.add(SequenceRequest(prompt: prompt(5, from: TokenID($0)), maximumTokens: 5)) }
        _ = try driver.step()
        #expect(driver.scheduler.runningCount == 2)
        #expect(driver.scheduler.waitingCount == 4)
        try driver.runUntilIdle()
        for id in ids { #expect(driver.outcome(id).tokens.count == 5) }
    }

    @Test("when blocks run out the youngest is computed anew, with the same answer")
    func preemption() throws {
        let tiny = ExecutionLimits(
            maximumRows: 32, maximumOutputs: 8, blockCount: 14, blockTokens: 4, contextLength: 56)
        var driver = SchedulerDriver(limits: tiny)
        let requests = (0..<5).map { SequenceRequest(prompt: prompt(8, from: TokenID($0 * 11)), maximumTokens: 30) }
        let ids = requests.map { driver.add($0) }
        while try driver.step() { #expect(driver.scheduler.checkInvariants().isEmpty) }
        #expect(driver.scheduler.preemptions > 0)
        for (id, request) in zip(ids, requests) {
            #expect(driver.outcome(id).tokens == SchedulerDriver.expected(request, limit: 56).tokens)
        }
        #expect(driver.scheduler.pools.usedCount == 0)
    }

    @Test("a sequence cancelled while its prompt is read gives its blocks back")
    func cancelInPrompt() throws {
        var driver = SchedulerDriver(limits: limits)
        driver.scheduler.promptRows = 16
        let id = driver.add(SequenceRequest(prompt: prompt(200)))
        _ = try driver.step()
        #expect(driver.scheduler.pools.usedCount == 2)
        driver.scheduler.cancel(id)
        #expect(driver.scheduler.pools.usedCount == 0)
        let stepped = try driver.step()
        #expect(!stepped)
    }

    @Test("a paused sequence gets no rows and keeps its blocks; the others go on")
    func pausing() throws {
        var driver = SchedulerDriver(limits: limits)
        let paused = driver.add(SequenceRequest(prompt: prompt(8), maximumTokens: 10))
        let other = driver.add(SequenceRequest(prompt: prompt(8, from: 40), maximumTokens: 10))
        _ = try driver.step()
        driver.scheduler.setPaused(paused, true)
        try driver.runUntilIdle()
        #expect(driver.outcome(other).end == .length)
        #expect(driver.outcome(paused).tokens.count == 1)
        #expect(driver.scheduler.pools.usedCount == 1)
        #expect(!driver.scheduler.hasWork)
        driver.scheduler.setPaused(paused, false)
        try driver.runUntilIdle()
        #expect(driver.outcome(paused).tokens.count == 10)
    }

    @Test("a paused sequence does not keep others from running for want of blocks")
    func pausedGivesWay() throws {
        let tiny = ExecutionLimits(maximumRows: 32, maximumOutputs: 8, blockCount: 6, blockTokens: 4, contextLength: 24)
        var driver = SchedulerDriver(limits: tiny)
        let request = SequenceRequest(prompt: prompt(15), maximumTokens: 8)
        let paused = driver.add(request)
        _ = try driver.step()
        driver.scheduler.setPaused(paused, true)
        let other = driver.add(SequenceRequest(prompt: prompt(20, from: 30), maximumTokens: 3))
        try driver.runUntilIdle()
        #expect(driver.outcome(other).tokens.count == 3)
        driver.scheduler.setPaused(paused, false)
        try driver.runUntilIdle()
        #expect(driver.outcome(paused).tokens == SchedulerDriver.expected(request, limit: 24).tokens)
    }

    @Test("a model that says nothing usable fails the sequence only")
    func notANumber() throws {
        var scheduler = Scheduler(SchedulerSettings(limits: limits))
        _ = scheduler.add(SequenceID(0), SequenceRequest(prompt: [1]))
        _ = scheduler.add(SequenceID(1), SequenceRequest(prompt: [2]))
        let planned = scheduler.plan()
        let plan = try #require(planned)
        let verdicts = plan.outputs.map {
            $0.verify { row throws(SamplingError) in try SampledToken(chosen: row == 0 ? nil : 5) }
        }
        let updates = scheduler.commit(plan, verdicts)
        guard case .failed(let id, .notANumber) = updates[0] else {
            Issue.record("\(updates)")
            return
        }
        #expect(id == SequenceID(0))
        #expect(scheduler.runningCount == 1)
        #expect(scheduler.checkInvariants().isEmpty)
    }
}
