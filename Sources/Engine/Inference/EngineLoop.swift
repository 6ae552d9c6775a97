import Compute
import Locking
import Sampling

/// What the engine's thread runs, and everything that only this thread touches.
final class EngineLoop {
    enum Message: Sendable {
        case start(SequenceID, SequenceRequest, EventStream<TokenEvent>, Locked<DraftCounts>)
        case cancel(SequenceID)
        /// The reader has caught up.
        case resume(SequenceID)
        case clearCache
    }

    /// A sequence's sampler. In a step, each is used by one worker only.
    private final class Chooser: @unchecked Sendable {
        var sampler: Sampler
        /// The tokens that a step gives the sequence; nil where none could be chosen.
        var choices: [SampledToken?] = []

        init(_ sampler: Sampler) {
            self.sampler = sampler
        }

        /// Chooses a token at each row of `output`, as long as the draft has them too: the sampler sees the rows that it
        /// would see without a draft, and no others.
        func choose(_ output: BatchPlan.Output, from logits: OutputLogits) {
            choices = []
            for (index, row) in output.rows.enumerated() {
                let choice = sampler.sample(logits[row])
                choices.append(choice)
                guard let choice else { return }
                sampler.accept(choice.token)
                guard index < output.draft.count, output.draft[index] == choice.token else { return }
            }
        }
    }

    private struct Reader {
        let events: EventStream<TokenEvent>
        let drafts: Locked<DraftCounts>
        let chooser: Chooser
        var started: ContinuousClock.Instant?
        var firstToken: ContinuousClock.Instant?
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
            SchedulerSettings(parallelSequences: settings.parallelSequences, limits: executable.limits))
        pacing = StepPacing(target: settings.stepDuration, maximumRows: executable.limits.maximumRows)
        speculator = Speculator(
            settings.speculation,
            model: draft.map { DraftModel($0, vocabularySize: executable.vocabularySize) })
    }

    /// Runs until the mailbox closes; what is left then fails with `shutDown`.
    func run() {
        publishStatistics()
        while let messages = mailbox.take(waiting: !scheduler.hasWork) {
            for message in messages { apply(message) }
            step()
            publishStatistics()
        }
        for case .start(_, _, let events, _) in mailbox.remaining() { events.fail(InferenceError.shutDown) }
        for reader in readers.values { reader.events.fail(InferenceError.shutDown) }
        readers = [:]
    }

    private func apply(_ message: Message) {
        switch message {
        case .start(let id, let request, let events, let drafts):
            let sampler = Sampler(
                request.sampling, history: request.prompt, alternatives: request.alternatives,
                contextLength: min(executable.limits.contextLength, request.contextLength ?? .max))
            readers[id] = Reader(events: events, drafts: drafts, chooser: Chooser(sampler))
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
            let sampled = sample(plan)
            updates = scheduler.commit(plan, sampled)
            for (output, tokens) in zip(plan.outputs, sampled) where !output.draft.isEmpty {
                let accepted = output.accepted(by: tokens)
                readers[output.sequence]?.drafts.withLock { $0.add(drafted: output.draft.count, accepted: accepted) }
            }
            speculator.observe(plan, sampled, duration: .now - start)
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
    private func sample(_ plan: BatchPlan) -> [[SampledToken?]] {
        let choosers = plan.outputs.compactMap { readers[$0.sequence]?.chooser }
        precondition(choosers.count == plan.outputs.count, "every sequence has a reader")
        if !choosers.isEmpty {
            executable.withOutputs(tasks: choosers.count) { task, logits in
                choosers[task].choose(plan.outputs[task], from: logits)
            }
        }
        return choosers.map(\.choices)
    }

    private func deliver(_ update: SequenceUpdate, at now: ContinuousClock.Instant) {
        switch update {
        case .token(let id, let token):
            statistics.generatedTokens += 1
            speculator.accept(id, token.token)
            if readers[id]?.firstToken == nil { readers[id]?.firstToken = now }
            switch readers[id]?.events.send(.token(token)) {
            case .accepted: break
            case .full: scheduler.setPaused(id, true)
            case .closed, nil:
                end(id)
            }
        case .finished(let id, let reason, var counts):
            speculator.end(id)
            guard let reader = readers.removeValue(forKey: id) else { return }
            let started = reader.started ?? now
            let firstToken = reader.firstToken ?? now
            counts.promptDuration = firstToken - started
            counts.generationDuration = now - firstToken
            _ = reader.events.send(.finished(reason, counts))
            reader.events.finish()
        case .failed(let id, let error):
            speculator.end(id)
            readers.removeValue(forKey: id)?.events.fail(error)
        }
    }

    private func publishStatistics() {
        statistics.runningSequences = scheduler.runningCount
        statistics.waitingSequences = scheduler.waitingCount
        statistics.pausedSequences = scheduler.pausedCount
        statistics.usedBlocks = scheduler.pool.usedCount
        statistics.cachedBlocks = scheduler.pool.cachedCount
        statistics.blockCount = scheduler.pool.blockCount
        statistics.preemptions = scheduler.preemptions
        statistics.drafts = scheduler.drafts
        statistics.usedDraftBlocks = speculator.usedBlocks
        statistics.cachedPromptTokens = scheduler.cachedPromptTokens
        published.withLock { $0 = statistics }
    }
}
