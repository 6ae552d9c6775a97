import Compute
import Inference
import Locking
import Sampling
import ScriptedBackend
import Tensors
import Testing

/// Runs a scheduler against a scripted model, step by step, without a thread.
struct SchedulerDriver {
    static let vocabularySize = 97
    static let script = ScriptedExecutable.mixing(vocabularySize)

    struct Outcome: Hashable {
        /// What was said of the prompt.
        var prompt: [SampledToken] = []
        var tokens: [TokenID] = []
        var end: FinishReason?
        var error: InferenceError?
        var statistics = SequenceStatistics()
    }

    let limits: ExecutionLimits
    let observer = ScriptedExecutable.Observer()
    let executable: ScriptedExecutable
    private let choices = Locked<[Int?]>([])
    var scheduler: Scheduler
    private(set) var outcomes: [SequenceID: Outcome] = [:]
    private(set) var lastPlan: BatchPlan?
    private var nextID: UInt64 = 0
    /// Guesses what a sequence says after the tokens that it gave already.
    var guess: ((SequenceID, [TokenID]) -> [TokenID])?
    /// Guesses in the place of `guess`, told that each step lasts as long as `duration` says of its rows.
    var speculator: Speculator?
    var duration: (_ rows: Int) -> Duration = { .milliseconds(10 + $0) }

    init(
        limits: ExecutionLimits, policies: [CachePolicy] = [.full], parallelSequences: Int = 8,
        script: @escaping @Sendable ([TokenID]) -> TokenID = SchedulerDriver.script
    ) {
        self.limits = limits
        scheduler = Scheduler(
            SchedulerSettings(parallelSequences: parallelSequences, limits: limits, policies: policies))
        executable = ScriptedExecutable(
            limits: limits, policies: policies, vocabularySize: Self.vocabularySize, observer: observer,
            logits: ScriptedExecutable.certain(of: Self.vocabularySize, script))
    }

    mutating func add(_ request: SequenceRequest) -> SequenceID {
        let id = SequenceID(nextID)
        nextID += 1
        outcomes[id] = Outcome()
        speculator?.start(id, request)
        if let update = scheduler.add(id, request) { note(update) }
        return id
    }

    /// - Returns: false where there was nothing to do.
    mutating func step() throws -> Bool {
        var drafts = speculator?.drafts(for: scheduler.draftable, room: scheduler.draftRows) ?? [:]
        if let guess {
            for id in scheduler.draftable { drafts[id] = guess(id, outcome(id).tokens) }
        }
        lastPlan = scheduler.plan(drafts: drafts)
        guard let plan = lastPlan else { return false }
        try executable.run(plan.batch)
        let choices = choices
        executable.withOutputs(tasks: 1) { _, logits in
            for row in 0..<logits.count { choices.withLock { $0.append(logits[row].firstIndex(of: 10)) } }
        }
        let chosen = choices.withLock { choices in
            defer { choices = [] }
            return choices.map { $0.map { TokenID($0) } }
        }
        let scores = Self.scores(of: plan, executable)
        let verdicts = plan.outputs.map { output in
            output.verify { row throws(SamplingError) in try SampledToken(chosen: chosen[row]) }
        }
        let failed = verdicts.filter { $0.failure != nil }
        try #require(failed.isEmpty)
        for update in scheduler.commit(plan, verdicts, scores: scores) { note(update) }
        speculator?.observe(plan, verdicts, duration: duration(plan.batch.tokens.count))
        return true
    }

    private static func scores(
        of plan: BatchPlan, _ executable: ScriptedExecutable
    ) -> [Result<[SampledToken], SamplingError>] {
        let results = Locked([Result<[SampledToken], SamplingError>]())
        executable.withOutputs(tasks: plan.scores.count) { task, logits in
            let score = plan.scores[task]
            let result = Result { () throws(SamplingError) in
                var tokens: [SampledToken] = []
                for (row, token) in zip(score.rows, score.tokens) {
                    let logits = UnsafeBufferPointer(logits[row])
                    tokens.append(try SampledToken(given: token, logits, alternatives: score.alternatives))
                }
                return tokens
            }
            results.withLock { $0.append(result) }
        }
        return results.withLock { $0 }
    }

    mutating func runUntilIdle(limit: Int = 100_000) throws {
        var steps = 0
        while try step() {
            steps += 1
            try #require(steps < limit, "sequences do not end")
        }
    }

    func outcome(_ id: SequenceID) -> Outcome { outcomes[id] ?? Outcome() }

    private mutating func note(_ update: SequenceUpdate) {
        switch update {
        case .prompt(let id, let tokens):
            outcomes[id]?.prompt += tokens
        case .token(let id, let token, let statistics):
            outcomes[id]?.tokens.append(token.token)
            outcomes[id]?.statistics = statistics
            speculator?.accept(id, token.token)
        case .finished(let id, let reason, let statistics):
            outcomes[id]?.end = reason
            speculator?.end(id)
            outcomes[id]?.statistics = statistics
        case .failed(let id, let error):
            outcomes[id]?.error = error
        }
    }

    private static func script(_ tokens: ArraySlice<TokenID>) -> TokenID { script(Array(tokens)) }

    /// The tokens of a prompt but the first, and whether each is what the script expects.
    static func expectedScores(
        _ request: SequenceRequest, policies: [CachePolicy]
    ) -> [(token: TokenID, isLikely: Bool)] {
        guard request.promptAlternatives != nil, !request.prompt.isEmpty else { return [] }
        return (1..<request.prompt.count).map { index in
            let token = request.prompt[index]
            return (token, script(request.prompt[..<index].suffix(seen(policies))) == token)
        }
    }

    /// How many tokens a model sees: one of windows alone as much as the longest of them.
    private static func seen(_ policies: [CachePolicy]) -> Int {
        policies.reduce(0) { longest, policy in
            if case .window(let length) = policy { max(longest, length) } else { Int.max }
        }
    }

    /// What a sequence must give, computed on one list without blocks or batches.
    static func expected(
        _ request: SequenceRequest, limit engineLimit: Int, policies: [CachePolicy] = [.full], atMost bound: Int = 1_000
    ) -> (tokens: [TokenID], end: FinishReason?) {
        let limit = min(engineLimit, request.contextLength ?? engineLimit)
        if let maximum = request.maximumTokens, maximum <= 0 { return ([], .length) }
        var known = request.prompt
        var answer: [TokenID] = []
        for count in 1...bound {
            let next = script(known.suffix(seen(policies)))
            if request.stopTokens.contains(next) { return (answer, .stop) }
            known.append(next)
            answer.append(next)
            if count == request.maximumTokens { return (answer, .length) }
            if known.count > limit {
                guard request.shiftsContext else { return (answer, .length) }
                let kept = min(request.numKeep < 0 ? request.prompt.count : request.numKeep, max(limit - 4, 0))
                known.removeSubrange(kept..<kept + max((known.count - kept) / 2, 1))
            }
        }
        return (answer, nil)
    }
}

extension SampledToken {
    /// - Throws: where nothing was chosen.
    init(chosen token: TokenID?) throws(SamplingError) {
        guard let token else { throw .notANumber }
        self.init(token: token)
    }
}
