import Compute
import Inference
import Sampling
import ScriptedBackend
import Tensors
import Testing

@Suite("The scheduler verifies drafts and keeps only what the model chose")
struct SchedulerDraftTests {
    private let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 16, blockCount: 64, blockTokens: 8, contextLength: 256)

    private func prompt(_ count: Int, from first: TokenID = 0) -> [TokenID] {
        (0..<count).map { (first + TokenID($0) * 7) % 90 }
    }

    /// A driver whose drafts are the next `count` tokens of the answer, wrong from index `wrongFrom` on.
    private func driver(
        _ request: SequenceRequest, count: Int, wrongFrom: Int = .max, limits: ExecutionLimits? = nil
    ) -> (SchedulerDriver, SequenceID, [TokenID]) {
        let limits = limits ?? self.limits
        var driver = SchedulerDriver(limits: limits)
        var free = request
        free.maximumTokens = 200
        free.stopTokens = []
        let answer = SchedulerDriver.expected(free, limit: limits.contextLength).tokens
        driver.guess = { _, known in
            answer.dropFirst(known.count).prefix(count).enumerated().map {
                $0.offset < wrongFrom ? $0.element : ($0.element + 1) % 97
            }
        }
        let id = driver.add(request)
        return (driver, id, answer)
    }

    @Test("a right draft gives all of its tokens and one more in a step")
    func right() throws {
        var (driver, id, answer) = driver(SequenceRequest(prompt: prompt(10), maximumTokens: 25), count: 5)
        _ = try driver.step()
        for tokens in [7, 13, 19, 25] {
            _ = try driver.step()
            #expect(driver.outcome(id).tokens == Array(answer.prefix(tokens)))
        }
        #expect(driver.outcome(id).end == .length)
        #expect(driver.observer.record.batches == 5)
        #expect(driver.outcome(id).statistics.generatedTokens == 25)
        #expect(driver.scheduler.drafts.accepted == 20)
        #expect(driver.scheduler.drafts.acceptance == 1)
        #expect(driver.scheduler.pools.usedCount == 0)
    }

    @Test("a wrong draft gives the token that the model chose, and its blocks go back", arguments: 0..<9)
    func wrong(right: Int) throws {
        var (driver, id, answer) = driver(
            SequenceRequest(prompt: prompt(10), maximumTokens: 60), count: 9, wrongFrom: right)
        _ = try driver.step()
        _ = try driver.step()
        #expect(driver.outcome(id).tokens == Array(answer.prefix(1 + right + 1)))
        #expect(driver.scheduler.checkInvariants() == [])
        // 10 of the prompt, one and the right ones are computed.
        #expect(driver.scheduler.pools.usedCount == (11 + right + 7) / 8)
        #expect(driver.scheduler.pools.cachedCount == (11 + right) / 8)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == Array(answer.prefix(60)))
    }

    @Test("a stop token ends the answer in the middle of a draft")
    func stop() throws {
        let free = SchedulerDriver.expected(SequenceRequest(prompt: prompt(9), maximumTokens: 30), limit: 256).tokens
        let request = SequenceRequest(prompt: prompt(9), maximumTokens: 30, stopTokens: [free[5]])
        var (driver, id, _) = driver(request, count: 15)
        try driver.runUntilIdle()
        let expected = SchedulerDriver.expected(request, limit: 256)
        #expect(driver.outcome(id).tokens == expected.tokens)
        #expect(driver.outcome(id).end == .stop)
        #expect(driver.outcome(id).statistics.generatedTokens == expected.tokens.count + 1)
        #expect(driver.scheduler.pools.usedCount == 0)
    }

    @Test("no more tokens come than are wanted", arguments: 1...12)
    func wanted(count: Int) throws {
        var (driver, id, answer) = driver(SequenceRequest(prompt: prompt(9), maximumTokens: count), count: 5)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == Array(answer.prefix(count)))
        #expect(driver.outcome(id).end == .length)
    }

    @Test("the end of the context is where it is without drafts, shifting or not", arguments: [true, false])
    func context(shifts: Bool) throws {
        let small = ExecutionLimits(
            maximumRows: 64, maximumOutputs: 16, blockCount: 64, blockTokens: 8, contextLength: 40)
        for length in 28..<40 {
            let request = SequenceRequest(prompt: prompt(length), maximumTokens: 70, shiftsContext: shifts)
            var (driver, id, _) = driver(request, count: 7, limits: small)
            try driver.runUntilIdle()
            let expected = SchedulerDriver.expected(request, limit: 40)
            #expect(driver.outcome(id).tokens == expected.tokens)
            #expect(driver.outcome(id).end == expected.end)
            if expected.tokens.count > 3 { #expect(driver.observer.record.batches < expected.tokens.count) }
        }
    }

    @Test("a prompt that goes on like a refused draft does not find it in the cache")
    func prefixCache() throws {
        var (driver, id, answer) = driver(
            SequenceRequest(prompt: prompt(15), maximumTokens: 12), count: 10, wrongFrom: 0)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == Array(answer.prefix(12)))
        driver.guess = nil
        let refused = SequenceRequest(
            prompt: prompt(15) + [answer[0]] + answer[1...9].map { ($0 + 1) % 97 }, maximumTokens: 5)
        let second = driver.add(refused)
        try driver.runUntilIdle()
        #expect(driver.outcome(second).statistics.cachedPromptTokens == 16)
        #expect(driver.outcome(second).tokens == SchedulerDriver.expected(refused, limit: 256).tokens)
    }

    @Test("drafts take no rows that sequences need, and nothing while others wait")
    func crowd() throws {
        let narrow = ExecutionLimits(
            maximumRows: 16, maximumOutputs: 6, blockCount: 64, blockTokens: 8, contextLength: 256)
        var driver = SchedulerDriver(limits: narrow, parallelSequences: 4)
        driver.guess = { _, _ in Array(repeating: 1, count: 10) }
        for number in 0..<5 {
            _ = driver.add(SequenceRequest(prompt: prompt(3, from: TokenID(number)), maximumTokens: 10 + number))
        }
        var sawDrafts = false
        while try driver.step() {
            let plan = try #require(driver.lastPlan)
            if driver.scheduler.waitingCount > 0 { #expect(plan.draftRows == 0) }
            #expect(plan.batch.outputRows.count <= 6)
            sawDrafts = sawDrafts || plan.draftRows > 0
        }
        #expect(sawDrafts)
    }

    @Test("rows count as long as the draft has what is chosen at them, and no row after them is looked at")
    func verifying() throws {
        var scheduler = Scheduler(SchedulerSettings(limits: limits))
        _ = scheduler.add(SequenceID(0), SequenceRequest(prompt: [1]))
        let planned = scheduler.plan()
        let first = try #require(planned)
        _ = scheduler.commit(first, first.outputs.map { $0.verify { _ in SampledToken(token: 2) } })
        let drafted = scheduler.plan(drafts: [SequenceID(0): [3, 4, 5]])
        let output = try #require(drafted?.outputs.first)
        func verify(_ choices: [TokenID?]) -> (rows: [Int], BatchPlan.Verdict) {
            var rows: [Int] = []
            let verdict = output.verify { row throws(SamplingError) in
                rows.append(row)
                return try SampledToken(chosen: choices[row])
            }
            return (rows, verdict)
        }
        for (choices, rows, accepted) in [
            ([3, 4, 5, 6], 4, 3), ([3, 4, 9, 6], 3, 2), ([9, 4, 5, 6], 1, 0), ([3, 4, nil, 6], 3, 2), ([nil], 1, 0),
        ] as [([TokenID?], Int, Int)] {
            let (asked, verdict) = verify(choices)
            #expect(asked == Array(0..<rows))
            #expect(verdict.accepted == accepted)
            #expect(verdict.tokens.map(\.token) == choices.prefix(rows).compactMap { $0 })
            #expect(verdict.failure == (choices[rows - 1] == nil ? .notANumber : nil))
        }
    }

    @Test("the counts come with each token, so that a reader who stops early has them")
    func counts() throws {
        var (driver, id, _) = driver(SequenceRequest(prompt: prompt(10), maximumTokens: 25), count: 5, wrongFrom: 3)
        _ = try driver.step()
        #expect(driver.outcome(id).statistics.drafts == DraftCounts())
        _ = try driver.step()
        #expect(driver.outcome(id).end == nil)
        #expect(driver.outcome(id).statistics.generatedTokens == 5)
        #expect(driver.outcome(id).statistics.drafts.drafted == 5)
        #expect(driver.outcome(id).statistics.drafts.accepted == 3)
    }

    @Test("an output that is no number after right guesses fails the sequence with its tokens")
    func notANumber() throws {
        var scheduler = Scheduler(SchedulerSettings(limits: limits))
        _ = scheduler.add(SequenceID(0), SequenceRequest(prompt: [1]))
        let planned = scheduler.plan()
        let first = try #require(planned)
        _ = scheduler.commit(first, first.outputs.map { $0.verify { _ in SampledToken(token: 2) } })
        let drafted = scheduler.plan(drafts: [SequenceID(0): [3, 4, 5]])
        let second = try #require(drafted)
        #expect(second.batch.tokens == [2, 3, 4, 5])
        let updates = scheduler.commit(
            second,
            second.outputs.map {
                $0.verify { row throws(SamplingError) in try SampledToken(chosen: row == 0 ? 3 : nil) }
            })
        guard updates.count == 2, case .token(_, let token, _) = updates[0], case .failed(_, .notANumber) = updates[1]
        else {
            Issue.record("\(updates)")
            return
        }
        #expect(token.token == 3)
        #expect(scheduler.pools.usedCount == 0)
        #expect(scheduler.checkInvariants() == [])
    }
}
