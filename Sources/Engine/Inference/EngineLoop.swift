import Compute
import Locking
import Sampling

/// What the engine's thread runs, and everything that only this thread touches.
final class EngineLoop {
    enum Message: Sendable {
        case start(SequenceID, SequenceRequest, EventStream<TokenEvent>)
        case cancel(SequenceID)
        /// The reader has caught up.
        case resume(SequenceID)
        case clearCache
    }

    /// A sequence's sampler. In a step, each is used by one worker only.
    private final class Chooser: @unchecked Sendable {
        var sampler: Sampler
        /// Of the step that runs.
        var verdict = BatchPlan.Verdict()

        init(_ sampler: Sampler) {
            self.sampler = sampler
        }

        func choose(_ output: BatchPlan.Output, from logits: OutputRows) {
            verdict = output.verify { row throws(SamplingError) in
                let choice = try sampler.sample(logits[row])
                try sampler.accept(choice.token)
                return choice
            }
        }
    }

    private struct Reader {
        let events: EventStream<TokenEvent>
        let chooser: Chooser
        var started: ContinuousClock.Instant?
        var firstToken: ContinuousClock.Instant?

        /// `counts` with how long the sequence took until `now`.
        func timed(_ counts: SequenceStatistics, at now: ContinuousClock.Instant) -> SequenceStatistics {
            var statistics = counts
            let firstToken = firstToken ?? now
            statistics.promptDuration = firstToken - (started ?? now)
            statistics.generationDuration = now - firstToken
            return statistics
        }
    }

    private let executable: any Executable
    private let mailbox: Mailbox<Message>
    private let published: Locked<EngineStatistics>
    private var statistics = EngineStatistics()
    private var scheduler: Scheduler
    private var pacing: StepPacing
    private var speculator: Speculator
    private var readers: [SequenceID: Reader] = [:]

    init(
        _ executable: any Executable, draft: (any Executable)?, _ settings: EngineSettings, _ mailbox: Mailbox<Message>,
        _ published: Locked<EngineStatistics>
    ) {
        self.executable = executable
        self.mailbox = mailbox
        self.published = published
        scheduler = Scheduler(
            SchedulerSettings(
                parallelSequences: settings.parallelSequences, limits: executable.limits,
                policies: executable.cachePolicies))
        pacing = StepPacing(target: settings.stepDuration, maximumRows: executable.limits.maximumRows)
        speculator = Speculator(
            settings.speculation,
            model: draft.map { DraftModel($0, vocabularySize: executable.outputWidth) },
            losesRows: executable.cachePolicies.contains(.state))
    }

    /// Runs until the mailbox closes; what is left then fails with `shutDown`.
    func run() {
        publishStatistics()
        while let messages = mailbox.take(waiting: !scheduler.hasWork) {
            for message in messages { apply(message) }
            step()
            publishStatistics()
        }
        for case .start(_, _, let events) in mailbox.remaining() { events.fail(InferenceError.shutDown) }
        for reader in readers.values { reader.events.fail(InferenceError.shutDown) }
        readers = [:]
    }

    private func apply(_ message: Message) {
        switch message {
        case .start(let id, let request, let events):
            let sampler = Sampler(
                request.sampling, history: request.prompt, alternatives: request.alternatives,
                contextLength: min(executable.limits.contextLength, request.contextLength ?? .max),
                constraints: request.constraints)
            readers[id] = Reader(events: events, chooser: Chooser(sampler))
            speculator.start(id, request)
            if let update = scheduler.add(id, request) { deliver(update, at: .now) }
        case .cancel(let id):
            end(id)
        case .resume(let id):
            scheduler.setPaused(id, false)
        case .clearCache:
            scheduler.clearCache()
        }
    }

    /// A sequence whose reader has gone.
    private func end(_ id: SequenceID) {
        scheduler.cancel(id)
        speculator.end(id)
        readers[id] = nil
    }

    private func step() {
        let beginning = ContinuousClock.now
        scheduler.promptRows = pacing.promptRows
        let drafts = speculator.drafts(for: scheduler.draftable, room: scheduler.draftRows)
        guard let plan = scheduler.plan(drafts: drafts) else { return }
        let start = ContinuousClock.now
        for id in plan.sequences where readers[id]?.started == nil { readers[id]?.started = start }
        let updates: [SequenceUpdate]
        do {
            try executable.run(plan.batch)
            let verdicts = sample(plan)
            updates = scheduler.commit(plan, verdicts, scores: score(plan))
            speculator.observe(plan, verdicts, duration: .now - start)
        } catch {
            statistics.failedSteps += 1
            updates = scheduler.fail(plan, .stepFailed(error))
        }
        let end = ContinuousClock.now
        pacing.observe(rows: plan.promptRows, duration: end - start)
        statistics.steps += 1
        statistics.promptRows += plan.promptRows
        statistics.busy += end - beginning
        for update in updates { deliver(update, at: end) }
    }

    /// Chooses the tokens of each output of the plan, on the workers.
    private func sample(_ plan: BatchPlan) -> [BatchPlan.Verdict] {
        let choosers = plan.outputs.compactMap { readers[$0.sequence]?.chooser }
        precondition(choosers.count == plan.outputs.count, "every sequence has a reader")
        if !choosers.isEmpty {
            executable.withOutputs(tasks: choosers.count) { task, logits in
                choosers[task].choose(plan.outputs[task], from: logits)
            }
        }
        return choosers.map(\.verdict)
    }

    /// What the model says of the prompts' tokens, computed on the workers.
    private func score(_ plan: BatchPlan) -> [Result<[SampledToken], SamplingError>] {
        let rows = plan.scores.flatMap { score in
            zip(score.rows, score.tokens).map { (row: $0, token: $1, alternatives: score.alternatives) }
        }
        guard !rows.isEmpty else { return [] }
        let results = Locked([Int: Result<SampledToken, SamplingError>]())
        executable.withOutputs(tasks: rows.count) { task, logits in
            let (row, token, alternatives) = rows[task]
            let result = Result { () throws(SamplingError) in
                try SampledToken(given: token, UnsafeBufferPointer(logits[row]), alternatives: alternatives)
            }
            results.withLock { $0[row] = result }
        }
        let known = results.withLock { $0 }
        return plan.scores.map { score in
            Result { () throws(SamplingError) in
                var tokens: [SampledToken] = []
                for row in score.rows { if let result = known[row] { tokens.append(try result.get()) } }
                return tokens
            }
        }
    }

    private func deliver(_ update: SequenceUpdate, at now: ContinuousClock.Instant) {
        switch update {
        case .prompt(let id, let tokens):
            send(.prompt(tokens), to: id)
        case .token(let id, let token, let counts):
            statistics.generatedTokens += 1
            speculator.accept(id, token.token)
            if readers[id]?.firstToken == nil { readers[id]?.firstToken = now }
            if let reader = readers[id] { send(.token(token, reader.timed(counts, at: now)), to: id) }
        case .finished(let id, let reason, let counts):
            speculator.end(id)
            guard let reader = readers.removeValue(forKey: id) else { return }
            _ = reader.events.send(.finished(reason, reader.timed(counts, at: now)))
            reader.events.finish()
        case .failed(let id, let error):
            speculator.end(id)
            readers.removeValue(forKey: id)?.events.fail(error)
        }
    }

    /// Pauses a sequence whose reader is behind, and ends one whose reader has gone.
    private func send(_ event: TokenEvent, to id: SequenceID) {
        switch readers[id]?.events.send(event) {
        case .accepted: break
        case .full: scheduler.setPaused(id, true)
        case .closed, nil: end(id)
        }
    }

    private func publishStatistics() {
        statistics.runningSequences = scheduler.runningCount
        statistics.waitingSequences = scheduler.waitingCount
        statistics.pausedSequences = scheduler.pausedCount
        statistics.usedBlocks = scheduler.pools.usedCount
        statistics.cachedBlocks = scheduler.pools.cachedCount
        statistics.blockCount = scheduler.pools.blockCount
        statistics.preemptions = scheduler.preemptions
        statistics.drafts = scheduler.drafts
        statistics.usedDraftBlocks = speculator.usedBlocks
        statistics.cachedPromptTokens = scheduler.cachedPromptTokens
        published.withLock { $0 = statistics }
    }
}
