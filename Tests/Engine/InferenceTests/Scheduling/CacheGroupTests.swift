import Compute
import Inference
import Sampling
import ScriptedBackend
import Tensors
import Testing

@Suite("The scheduler keeps of each cache group what its policy says")
struct CacheGroupTests {
    private static let mixtures: [[CachePolicy]] = [
        [.full, .window(20)], [.window(20)], [.state], [.full, .state], [.full, .window(20), .state],
    ]

    private func limits(_ policies: [CachePolicy], blocks: Int = 64) -> ExecutionLimits {
        ExecutionLimits(
            maximumRows: 64, maximumOutputs: 16, blockCounts: policies.map { _ in blocks }, blockTokens: 8,
            contextLength: 256)
    }

    private func prompt(_ count: Int, from first: TokenID = 0) -> [TokenID] {
        (0..<count).map { (first + TokenID($0) * 7) % 90 }
    }

    private func expected(_ request: SequenceRequest, _ policies: [CachePolicy]) -> [TokenID] {
        SchedulerDriver.expected(request, limit: 256, policies: policies).tokens
    }

    // MARK: Windows

    @Test("blocks outside of the window are given back after each step, in the prompt and in the answer")
    func windowsAreSmall() throws {
        let policies: [CachePolicy] = [.full, .window(20)]
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        driver.scheduler.promptRows = 16
        let request = SequenceRequest(prompt: prompt(150), maximumTokens: 60)
        let id = driver.add(request)
        var computed = 0
        while try driver.step() {
            #expect(driver.scheduler.checkInvariants() == [])
            computed += try #require(driver.lastPlan).batch.tokens.count
            guard driver.scheduler.runningCount > 0 else { break }
            #expect(driver.scheduler.pools[0].usedCount == (computed + 7) / 8)
            #expect(driver.scheduler.pools[1].usedCount == (computed + 7) / 8 - max(computed - 19, 0) / 8)
        }
        #expect(driver.outcome(id).tokens == expected(request, policies))
        #expect(computed == 209)
    }

    @Test("a long text goes round in few blocks of a large window cache, so that it touches little of its memory")
    func touchedBlocks() throws {
        let policies: [CachePolicy] = [.full, .window(20)]
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        driver.scheduler.promptRows = 16
        _ = driver.add(SequenceRequest(prompt: prompt(200), maximumTokens: 50))
        var touched: Set<BlockID> = []
        while try driver.step() {
            guard case .blocks(let blocks)? = driver.lastPlan?.batch.spans.first?.caches[1] else { continue }
            touched.formUnion(blocks.filter { $0 != Batch.SpanCache.released })
        }
        // Those of a window and a step, and those that are kept for the next turn.
        #expect(touched.count <= 10)
    }

    @Test("a window with the fewest blocks that it needs runs a whole context, and several sequences in turn")
    func leastWindow() throws {
        let policies: [CachePolicy] = [.window(20)]
        var limits = limits(policies)
        limits.blockCounts = [CachePolicy.window(20).blocksNeeded(positions: 256, rows: 1, blockTokens: 8)]
        #expect(limits.blockCounts == [4])
        var driver = SchedulerDriver(limits: limits, policies: policies)
        let requests = (0..<3).map { SequenceRequest(prompt: prompt(180, from: TokenID($0)), maximumTokens: 70) }
        let ids = requests.map { driver.add($0) }
        while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
        for (id, request) in zip(ids, requests) { #expect(driver.outcome(id).tokens == expected(request, policies)) }
    }

    @Test("a long prompt does not drive another conversation's window out of the cache")
    func passingBlocks() throws {
        let policies: [CachePolicy] = [.full, .window(20)]
        var limits = limits(policies)
        limits.blockCounts = [256, 20]
        var driver = SchedulerDriver(limits: limits, policies: policies)
        _ = driver.add(SequenceRequest(prompt: prompt(60), maximumTokens: 1))
        try driver.runUntilIdle()
        _ = driver.add(SequenceRequest(prompt: prompt(240, from: 3), maximumTokens: 1))
        try driver.runUntilIdle()
        let id = driver.add(SequenceRequest(prompt: prompt(60) + [5, 6, 7], maximumTokens: 3))
        try driver.runUntilIdle()
        #expect(driver.outcome(id).statistics.cachedPromptTokens == 56)
    }

    @Test("a prefix is found as far as the window before its end is still there")
    func evictedWindow() throws {
        let policies: [CachePolicy] = [.full, .window(20)]
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        driver.scheduler.promptRows = 16
        let request = SequenceRequest(prompt: prompt(120), maximumTokens: 3)
        _ = driver.add(request)
        try driver.runUntilIdle()
        let all = driver.add(request)
        try driver.runUntilIdle()
        #expect(driver.outcome(all).statistics.cachedPromptTokens == 112)
        // Others take all but the blocks that were given back last.
        var small = limits(policies)
        small.blockCounts = [64, 12]
        driver = SchedulerDriver(limits: small, policies: policies)
        _ = driver.add(request)
        try driver.runUntilIdle()
        _ = driver.add(SequenceRequest(prompt: prompt(90, from: 50), maximumTokens: 1))
        try driver.runUntilIdle()
        _ = driver.add(SequenceRequest(prompt: prompt(90, from: 20), maximumTokens: 1))
        try driver.runUntilIdle()
        let none = driver.add(request)
        try driver.runUntilIdle()
        let cached = driver.outcome(none).statistics.cachedPromptTokens
        #expect(cached < 112)
        #expect(driver.outcome(none).tokens == expected(request, policies))
    }

    // MARK: All mixtures

    @Test("a second request with the same beginning computes only what is new", arguments: mixtures)
    func prefixReuse(policies: [CachePolicy]) throws {
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        _ = driver.add(SequenceRequest(prompt: prompt(101), maximumTokens: 1))
        try driver.runUntilIdle()
        let before = driver.observer.record.rows
        let request = SequenceRequest(prompt: prompt(101) + [4, 5, 6], maximumTokens: 5)
        let id = driver.add(request)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).statistics.cachedPromptTokens == 96)
        #expect(driver.observer.record.rows - before == 104 - 96 + 4)
        #expect(driver.outcome(id).tokens == expected(request, policies))
    }

    @Test("a conversation goes on where the last answer ended, or the last prompt", arguments: mixtures)
    func conversation(policies: [CachePolicy]) throws {
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        let first = SequenceRequest(prompt: prompt(50), maximumTokens: 45)
        let id = driver.add(first)
        try driver.runUntilIdle()
        let answer = driver.outcome(id).tokens
        // 50 of the prompt and 44 of the answer are computed.
        let second = SequenceRequest(prompt: prompt(50) + answer + [1, 2, 3], maximumTokens: 4)
        let next = driver.add(second)
        try driver.runUntilIdle()
        #expect(driver.outcome(next).statistics.cachedPromptTokens == 88)
        #expect(driver.outcome(next).tokens == expected(second, policies))
        // Another answer to the first prompt.
        let again = SequenceRequest(prompt: prompt(50) + [80, 81], maximumTokens: 4)
        let other = driver.add(again)
        try driver.runUntilIdle()
        #expect(driver.outcome(other).statistics.cachedPromptTokens == 48)
        #expect(driver.outcome(other).tokens == expected(again, policies))
    }

    @Test("requests that arrive together compute their common beginning once", arguments: mixtures)
    func concurrentPrefix(policies: [CachePolicy]) throws {
        var driver = SchedulerDriver(limits: limits(policies, blocks: 120), policies: policies)
        let requests = (0..<6).map { number in
            SequenceRequest(prompt: prompt(56) + prompt(30, from: TokenID(number) + 1), maximumTokens: 4)
        }
        let ids = requests.map { driver.add($0) }
        while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
        #expect(driver.observer.record.rows == 56 + 6 * 30 + 6 * 3)
        for (id, request) in zip(ids, requests) { #expect(driver.outcome(id).tokens == expected(request, policies)) }
    }

    @Test("sequences that share what they found change nothing of it", arguments: mixtures)
    func sharing(policies: [CachePolicy]) throws {
        var driver = SchedulerDriver(limits: limits(policies, blocks: 120), policies: policies)
        _ = driver.add(SequenceRequest(prompt: prompt(65), maximumTokens: 1))
        try driver.runUntilIdle()
        for _ in 0..<3 {
            let requests = (0..<4).map { SequenceRequest(prompt: prompt(65) + [TokenID($0)], maximumTokens: 20) }
            let ids = requests.map { driver.add($0) }
            while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
            for (id, request) in zip(ids, requests) {
                #expect(driver.outcome(id).statistics.cachedPromptTokens == 64)
                #expect(driver.outcome(id).tokens == expected(request, policies))
            }
        }
    }

    @Test("a shift and a preemption compute anew, with the same answers", arguments: mixtures)
    func shiftAndPreemption(policies: [CachePolicy]) throws {
        var limits = ExecutionLimits(
            maximumRows: 32, maximumOutputs: 8, blockCounts: policies.map { $0 == .state ? 2 : 14 }, blockTokens: 4,
            contextLength: 56)
        if policies == [.window(20)] { limits.blockCounts = [8] }
        var driver = SchedulerDriver(limits: limits, policies: policies)
        let requests = (0..<5).map { SequenceRequest(prompt: prompt(8, from: TokenID($0 * 11)), maximumTokens: 80) }
        let ids = requests.map { driver.add($0) }
        while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
        #expect(driver.scheduler.pools.usedCount == 0)
        for (id, request) in zip(ids, requests) {
            #expect(
                driver.outcome(id).tokens
                    == SchedulerDriver.expected(request, limit: 56, policies: policies).tokens)
        }
    }

    @Test("after the cache is cleared nothing is found, and what runs goes on", arguments: mixtures)
    func clearing(policies: [CachePolicy]) throws {
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        let request = SequenceRequest(prompt: prompt(64), maximumTokens: 30)
        let id = driver.add(request)
        for _ in 0..<4 { _ = try driver.step() }
        driver.scheduler.clearCache()
        #expect(driver.scheduler.checkInvariants() == [])
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == expected(request, policies))
        driver.scheduler.clearCache()
        #expect(driver.scheduler.pools.cachedCount == 0)
        let again = driver.add(request)
        try driver.runUntilIdle()
        #expect(driver.outcome(again).statistics.cachedPromptTokens == 0)
    }

    // MARK: States

    @Test("a state takes one block between steps, and its snapshots are one of a prompt and one of an answer")
    func snapshots() throws {
        let policies: [CachePolicy] = [.state]
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        let id = driver.add(SequenceRequest(prompt: prompt(30), maximumTokens: 60))
        while try driver.step(), driver.outcome(id).end == nil {
            #expect(driver.scheduler.pools.usedCount == 1)
            #expect(driver.scheduler.pools.cachedCount <= 2)
        }
        #expect(driver.scheduler.pools.cachedCount == 2)
    }

    @Test("where no block is free, a sequence gives its own snapshot up and goes on")
    func oneState() throws {
        let policies: [CachePolicy] = [.state]
        var driver = SchedulerDriver(limits: limits(policies, blocks: 1), policies: policies)
        let request = SequenceRequest(prompt: prompt(100), maximumTokens: 40)
        let id = driver.add(request)
        while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
        #expect(driver.outcome(id).tokens == expected(request, policies))
        #expect(driver.observer.record.rows == 139)
    }

    @Test(
        "where two texts part, the window and the state are kept for a third",
        arguments: [[.full, .state], [.full, .window(20)]] as [[CachePolicy]])
    func branch(policies: [CachePolicy]) throws {
        var limits = limits(policies, blocks: 64)
        limits.blockCounts[1] = policies[1] == .state ? 4 : 20
        var driver = SchedulerDriver(limits: limits, policies: policies)
        var cached: [Int] = []
        for number in 0..<4 {
            let request = SequenceRequest(
                prompt: prompt(40) + prompt(50, from: TokenID(number) + 1), maximumTokens: 1)
            let id = driver.add(request)
            try driver.runUntilIdle()
            cached.append(driver.outcome(id).statistics.cachedPromptTokens)
            #expect(driver.outcome(id).tokens == expected(request, policies))
        }
        #expect(cached[1] < 40)
        #expect(cached[2...] == [40, 40])
        #expect(driver.scheduler.checkInvariants() == [])
    }

    @Test("the right rows of a refused draft are computed again with a state, and counted", arguments: 0..<5)
    func lostRows(right: Int) throws {
        for policies in Self.mixtures {
            var driver = SchedulerDriver(limits: limits(policies), policies: policies)
            let request = SequenceRequest(prompt: prompt(10), maximumTokens: 30)
            let answer = expected(request, policies)
            driver.guess = { _, known in
                guard known.count == 1 else { return [] }
                return answer[1..<6].enumerated().map { $0.offset < right ? $0.element : ($0.element + 1) % 97 }
            }
            let id = driver.add(request)
            while driver.outcome(id).tokens.isEmpty { _ = try driver.step() }
            _ = try driver.step()
            #expect(driver.outcome(id).tokens.count == right + 2)
            let before = driver.observer.record.rows
            _ = try driver.step()
            #expect(driver.outcome(id).tokens.count == right + 3)
            let lost = policies.contains(.state) && right < 5 ? right + 1 : 0
            #expect(driver.observer.record.rows - before == 1 + lost)
            #expect(driver.lastPlan?.promptRows == 0)
            #expect(driver.scheduler.drafts.lostRows == lost)
            #expect(driver.outcome(id).statistics.drafts.lostRows == lost)
            try driver.runUntilIdle()
            #expect(driver.outcome(id).tokens == answer)
            #expect(driver.scheduler.pools.usedCount == 0)
        }
    }

    @Test("right drafts cost no row, and leave a snapshot at each end of a block", arguments: mixtures)
    func rightDrafts(policies: [CachePolicy]) throws {
        var driver = SchedulerDriver(limits: limits(policies), policies: policies)
        let request = SequenceRequest(prompt: prompt(10), maximumTokens: 60)
        let answer = expected(request, policies)
        driver.guess = { _, known in Array(answer.dropFirst(known.count).prefix(12)) }
        let id = driver.add(request)
        while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
        #expect(driver.outcome(id).tokens == answer)
        #expect(driver.observer.record.batches < 20)
        #expect(driver.observer.record.rows == 10 + 59)
        #expect(driver.scheduler.drafts.lostRows == 0)
        driver.guess = nil
        let next = driver.add(SequenceRequest(prompt: prompt(10) + answer + [3], maximumTokens: 1))
        try driver.runUntilIdle()
        #expect(driver.outcome(next).statistics.cachedPromptTokens == 64)
    }

    @Test("a draft takes no state block that another sequence needs")
    func draftsAndStates() throws {
        let policies: [CachePolicy] = [.state]
        var driver = SchedulerDriver(limits: limits(policies, blocks: 3), policies: policies)
        driver.guess = { _, _ in [1, 1] }
        let requests = (0..<3).map { SequenceRequest(prompt: prompt(6, from: TokenID($0)), maximumTokens: 20) }
        let ids = requests.map { driver.add($0) }
        while try driver.step() { #expect(driver.scheduler.checkInvariants() == []) }
        #expect(driver.scheduler.preemptions == 0)
        for (id, request) in zip(ids, requests) { #expect(driver.outcome(id).tokens == expected(request, policies)) }
    }
}
