import Compute
import Inference
import Sampling
import ScriptedBackend
import Tensors
import Testing

@Suite("Guesses are made where they save time")
struct SpeculatorTests {
    private static let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 16, blockCount: 96, blockTokens: 8, contextLength: 256)

    /// Each token follows from the last one.
    private static let repetitive: @Sendable ([TokenID]) -> TokenID = { ($0[$0.count - 1] + 1) % 7 }

    private func draftModel(
        _ script: @escaping @Sendable ([TokenID]) -> TokenID, limits: ExecutionLimits = SpeculatorTests.limits,
        policies: [CachePolicy] = [.full]
    ) -> DraftModel {
        var limits = limits
        limits.blockCounts = policies.map { _ in limits.blockCounts[0] }
        let size = SchedulerDriver.vocabularySize
        let executable = ScriptedExecutable(
            limits: limits, policies: policies, vocabularySize: size,
            logits: ScriptedExecutable.certain(of: size, script))
        var time = ContinuousClock.now
        // A token of the draft takes a millisecond or two.
        return DraftModel(executable, vocabularySize: size) {
            time += .milliseconds(2)
            return time
        }
    }

    private func driver(
        _ script: @escaping @Sendable ([TokenID]) -> TokenID, model: DraftModel? = nil,
        mode: SpeculationSettings.Mode = .auto, policies: [CachePolicy] = [.full]
    ) -> SchedulerDriver {
        var limits = Self.limits
        limits.blockCounts = policies.map { _ in limits.blockCounts[0] }
        var driver = SchedulerDriver(limits: limits, policies: policies, script: script)
        driver.speculator = Speculator(
            SpeculationSettings(mode: mode), model: model, losesRows: policies.contains(.state))
        return driver
    }

    @Test("a text that repeats takes a fraction of the steps")
    func repetition() throws {
        var driver = driver(Self.repetitive)
        let id = driver.add(SequenceRequest(prompt: [1, 2], maximumTokens: 120))
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == (0..<120).map { TokenID(($0 + 3) % 7) })
        #expect(driver.observer.record.batches < 40)
        #expect(driver.scheduler.drafts.acceptance == 1)
    }

    @Test("where a row costs as much as a step, steps have one row")
    func costlyRows() throws {
        var driver = driver(Self.repetitive)
        driver.duration = { .milliseconds(10 * $0) }
        _ = driver.add(SequenceRequest(prompt: [1, 2], maximumTokens: 120))
        try driver.runUntilIdle()
        #expect(driver.observer.record.batches > 110)
    }

    @Test("switched off, by the engine's settings or by the request, nothing is guessed")
    func switchedOff() throws {
        for (mode, limit) in [(SpeculationSettings.Mode.off, nil), (.auto, 0)] as [(SpeculationSettings.Mode, Int?)] {
            var driver = driver(Self.repetitive, model: draftModel(Self.repetitive), mode: mode)
            _ = driver.add(SequenceRequest(prompt: [1, 2], maximumTokens: 50, maximumDraft: limit))
            try driver.runUntilIdle()
            #expect(driver.observer.record.batches == 50)
        }
    }

    @Test("a request limits how many tokens are guessed at a time")
    func limit() throws {
        var driver = driver(Self.repetitive)
        _ = driver.add(SequenceRequest(prompt: [1, 2], maximumTokens: 60, maximumDraft: 2))
        while try driver.step() { #expect(driver.lastPlan?.draftRows ?? 0 <= 2) }
        #expect(driver.scheduler.drafts.accepted > 20)
    }

    private static let mixtures: [[CachePolicy]] = [
        [.full], [.full, .window(30)], [.state], [.full, .state], [.full, .window(30), .state],
    ]

    @Test("a good model saves steps where the text does not repeat", arguments: mixtures)
    func goodModel(policies: [CachePolicy]) throws {
        let model = draftModel(SchedulerDriver.script, policies: policies)
        var driver = driver(SchedulerDriver.script, model: model, policies: policies)
        let request = SequenceRequest(prompt: [1, 2, 3], maximumTokens: 120)
        let id = driver.add(request)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == SchedulerDriver.expected(request, limit: 256).tokens)
        #expect(driver.observer.record.batches < (policies.contains(.state) ? 60 : 40))
        #expect(driver.scheduler.drafts.acceptance == 1)
        #expect(model.usedBlocks == 0)
    }

    @Test("a bad model is hardly asked any more")
    func badModel() throws {
        var driver = driver(SchedulerDriver.script, model: draftModel { ($0[$0.count - 1] + 5) % 90 })
        _ = driver.add(SequenceRequest(prompt: [1, 2, 3], maximumTokens: 200))
        try driver.runUntilIdle()
        #expect(driver.scheduler.drafts.drafts < 25)
        #expect(driver.observer.record.rows < 250)
    }

    @Test("a model follows several sequences, past the end of its own context and cache", arguments: mixtures)
    func smallModel(policies: [CachePolicy]) throws {
        let small = ExecutionLimits(maximumRows: 8, maximumOutputs: 2, blockCount: 9, blockTokens: 4, contextLength: 32)
        let model = draftModel(Self.repetitive, limits: small, policies: policies)
        var driver = driver(
            { tokens in
                tokens.count % 40 == 0 ? SchedulerDriver.script(tokens) : Self.repetitive(tokens)
            }, model: model, policies: policies)
        let requests = (0..<4).map { SequenceRequest(prompt: [TokenID($0), 30, TokenID($0)], maximumTokens: 120) }
        let ids = requests.map { driver.add($0) }
        try driver.runUntilIdle()
        for id in ids { #expect(driver.outcome(id).tokens.count == 120) }
        #expect(driver.scheduler.drafts.accepted > 100)
        #expect(model.usedBlocks == 0)
    }

    @Test("followers that take turns in a cache too small for them give each block back once", arguments: 8...20)
    func crowdedModel(blockCount: Int) throws {
        for ((outputs, count), policies) in zip([(1, 2), (1, 3), (2, 3), (2, 5), (3, 6)], Self.mixtures) {
            let crowded = ExecutionLimits(
                maximumRows: 16, maximumOutputs: outputs, blockCount: blockCount, blockTokens: 4,
                contextLength: 4 * blockCount)
            let model = draftModel(Self.repetitive, limits: crowded, policies: policies)
            var driver = driver(Self.repetitive, model: model)
            let ids = (0..<count).map { index in
                driver.add(
                    SequenceRequest(
                        prompt: [TokenID(index), 30 + TokenID(index)], maximumTokens: 60 + 25 * index,
                        maximumDraft: 1 + index % 3))
            }
            try driver.runUntilIdle()
            for (index, id) in ids.enumerated() { #expect(driver.outcome(id).tokens.count == 60 + 25 * index) }
            #expect(model.usedBlocks == 0)
        }
    }

    @Test("a long prompt is read by the model in parts, while the answer goes on")
    func longPrompt() throws {
        let model = draftModel(SchedulerDriver.script)
        var driver = driver(SchedulerDriver.script, model: model)
        let prompt = (0..<200).map { TokenID(($0 * 31) % 89) }
        let request = SequenceRequest(prompt: prompt, maximumTokens: 50)
        let id = driver.add(request)
        try driver.runUntilIdle()
        #expect(driver.outcome(id).tokens == SchedulerDriver.expected(request, limit: 256).tokens)
        #expect(driver.scheduler.drafts.accepted > 20)
    }
}
