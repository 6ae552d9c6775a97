import Compute
import DequeModule
package import Sampling
package import Tensors

/// Decides what the next batch computes. Events in, plans out; no clock, no thread, no input or output.
///
/// Every step gives running sequences rows to catch up: those that generate one each, prompts the rest, the shortest first.
/// Waiting ones are admitted in order while blocks last. When blocks run out, the youngest gives all of its own back and
/// waits to be computed anew, so that the oldest always advances.
package struct Scheduler: Sendable {
    private let settings: SchedulerSettings
    /// Positions that any sequence may have.
    private let sequenceLimit: Int
    /// Rows of prompts in a batch; at most what a batch holds.
    package var promptRows: Int
    package private(set) var pools: BlockPools
    private var sequences: [SequenceID: ScheduledSequence] = [:]
    /// Oldest first.
    private var running: [SequenceID] = []
    /// Oldest first.
    private var waiting: Deque<SequenceID> = []
    package private(set) var preemptions = 0
    package private(set) var cachedPromptTokens = 0
    package private(set) var drafts = DraftCounts()

    package init(_ settings: SchedulerSettings) {
        self.settings = settings
        sequenceLimit = settings.sequenceLimit
        promptRows = settings.limits.maximumRows
        pools = settings.pools
    }

    package var runningCount: Int { running.count }
    package var waitingCount: Int { waiting.count }
    package var pausedCount: Int { sequences.values.count(where: \.isPaused) }
    /// Whether `plan()` would give rows to a sequence.
    package var hasWork: Bool { sequences.values.contains { !$0.isPaused } }

    // MARK: Events

    /// - Returns: an update where the sequence ends at once.
    package mutating func add(_ id: SequenceID, _ request: SequenceRequest) -> SequenceUpdate? {
        precondition(sequences[id] == nil, "sequence \(id.number) exists")
        guard !request.prompt.isEmpty else { return .failed(id, .emptyPrompt) }
        let sequence = ScheduledSequence(id, request, limit: sequenceLimit, pools)
        guard request.prompt.count < sequence.limit else {
            return .failed(id, .promptTooLong(tokens: request.prompt.count, limit: sequence.limit - 1))
        }
        if let maximum = request.maximumTokens, maximum <= 0, !sequence.onlyScoresPrompt {
            return .finished(id, .length, sequence.statistics)
        }
        sequences[id] = sequence
        waiting.append(id)
        return nil
    }

    package mutating func cancel(_ id: SequenceID) {
        remove(id)
    }

    package mutating func setPaused(_ id: SequenceID, _ paused: Bool) {
        sequences[id]?.isPaused = paused
    }

    package mutating func clearCache() { pools.clearCache() }

    // MARK: Planning

    /// The sequences that get one row of the next batch and could verify a draft beside it: none while others wait for a
    /// place or for blocks.
    package var draftable: [SequenceID] {
        guard !waiting.contains(where: { sequences[$0]?.isPaused == false }) else { return [] }
        return running.filter { sequences[$0].map { $0.isGenerating && $0.cache.pending == 1 && !$0.isPaused } == true }
    }

    /// Rows that drafts can have at most in a batch: what is left when each running sequence has one.
    package var draftRows: Int {
        let lost = running.reduce(0) { $0 + (sequences[$1]?.cache.lostRows ?? 0) }
        let rows = min(settings.limits.maximumRows - lost, settings.limits.maximumOutputs)
        return max(rows - running.count, 0)
    }

    /// The next batch, nil where every sequence is paused or there is none.
    /// - Parameter drafts: guesses of what follows, for sequences in `draftable`. What is not usable is left out.
    package mutating func plan(drafts: [SequenceID: [TokenID]] = [:]) -> BatchPlan? {
        var plan = BatchPlan()
        var draftRows = draftRows
        let generating = running.filter { sequences[$0].map { $0.isGenerating && !$0.isPaused } == true }
        for (index, id) in generating.enumerated() {
            if let draft = drafts[id], give(id, verifying: draft, atMost: &draftRows, in: &plan) { continue }
            // A row is left for each of the others.
            let left = settings.limits.maximumRows - plan.batch.tokens.count - (generating.count - index - 1)
            give(id, atMost: left, in: &plan)
        }
        admit()
        giveToPrompts(in: &plan)
        return plan.isEmpty ? nil : plan
    }

    /// Gives the rows left to all others, prompts mostly. The one with the fewest rows to go comes first, so that prompts
    /// that arrive together are answered one after another and not all with the last; rows that others were given before it
    /// count for a prompt, so that a long one waits for about as many as it has itself.
    private mutating func giveToPrompts(in plan: inout BatchPlan) {
        var claims: [BlockHash: SequenceID] = [:]
        var prompts: [(id: SequenceID, rank: Int, isScored: Bool)] = []
        for id in running where !plan.contains(id) {
            guard var sequence = sequences[id], !sequence.isPaused else { continue }
            sequence.adopt(from: &pools)
            let isScored = !sequence.unscored.isEmpty
            let name = sequence.cache.nameOfNextBlock()
            sequences[id] = sequence
            if !isScored, let other = name.flatMap({ claims[$0] }) {
                // Another computes the same block in this step: wait, and take over what both begin with.
                let shared = sequences[other]?.cache.sharedPrefix(with: sequence.cache) ?? 0
                sequences[other]?.cache.noteBranch(at: shared)
            } else {
                if let name { claims[name] = id }
                prompts.append((id, sequence.pending - sequence.rowsOfOthers, isScored))
            }
        }
        prompts.sort { $0.rank < $1.rank }
        var rows = min(max(promptRows, 1), settings.limits.maximumRows - plan.batch.tokens.count)
        var scored = prompts.count(where: \.isScored)
        var given: [SequenceID: Int] = [:]
        for (index, prompt) in prompts.enumerated() where rows > 0 {
            // An output is left for each of the others.
            let others = prompts.count - index - scored
            let outputs = settings.limits.maximumOutputs - plan.batch.outputRows.count - others
            let more = give(prompt.id, atMost: rows, outputs: max(outputs / max(scored, 1), 1), in: &plan)
            given[prompt.id] = more
            rows -= more
            if prompt.isScored { scored -= 1 }
        }
        let all = given.values.reduce(0, +)
        for prompt in prompts { sequences[prompt.id]?.rowsOfOthers += all - (given[prompt.id] ?? 0) }
    }

    /// Plans up to `limit` rows of a running sequence, as many as there are blocks for.
    /// - Parameter outputs: rows whose results it may want where it scores its prompt.
    /// - Returns: the rows given.
    @discardableResult
    private mutating func give(
        _ id: SequenceID, atMost limit: Int, outputs: Int = 1, in plan: inout BatchPlan
    ) -> Int {
        // A sequence that planning preempted is in `waiting` now.
        guard running.contains(id), var sequence = sequences[id] else { return 0 }
        let room = settings.limits.maximumRows - plan.batch.tokens.count
        let wanted = min(limit, sequence.pending, room, sequence.rowLimit(outputs: outputs))
        guard wanted > 0 else { return 0 }
        let chunk = sequence.cache.chunk(atMost: wanted)
        while sequence.cache.rowLimit(in: pools) <= 0, let victim = victim(for: id, in: plan) { preempt(victim) }
        let rows = min(chunk, sequence.cache.rowLimit(in: pools))
        guard rows > 0, sequence.cache.reserve(rows: rows, from: &pools) else { return 0 }
        sequences[id] = sequence
        plan.add(sequence, rows: rows)
        return rows
    }

    /// Plans the row of a sequence that generates, and the rows of its draft.
    /// - Returns: false where no token of the draft is usable or the cache is short of blocks; then nothing is planned.
    private mutating func give(
        _ id: SequenceID, verifying draft: [TokenID], atMost limit: inout Int, in plan: inout BatchPlan
    ) -> Bool {
        guard var sequence = sequences[id], sequence.cache.pending == 1 else { return false }
        let draft = Array(sequence.usable(draft).prefix(limit))
        guard !draft.isEmpty, hasRoom(for: sequence.cache, rows: 1 + draft.count, besides: id),
            sequence.cache.reserve(rows: 1 + draft.count, keepingState: true, from: &pools)
        else { return false }
        sequences[id] = sequence
        plan.add(sequence, rows: 1, draft: draft)
        limit -= draft.count
        return true
    }

    /// Whether a draft fits: a guess takes no block that another sequence may need in this step.
    private func hasRoom(for cache: CachedTokens, rows: Int, besides id: SequenceID) -> Bool {
        let others = running.lazy.filter { $0 != id }.compactMap { sequences[$0]?.cache }
        return pools.groups.allSatisfy { group in
            others.reduce(cache.missing(forRows: rows, keepingState: true, in: pools, group)) {
                $0 + $1.missing(forRows: 1, keepingState: false, in: pools, group)
            } <= pools[group].availableCount
        }
    }

    /// Whose blocks `id` may take: a paused sequence's, or a younger one's; the youngest first. Not one that is planned.
    private func victim(for id: SequenceID, in plan: BatchPlan) -> SequenceID? {
        let holders = running.reversed().filter { other in
            other != id && !plan.contains(other) && sequences[other]?.cache.holdsBlocks == true
        }
        return holders.first { sequences[$0]?.isPaused == true } ?? holders.first { $0 > id }
    }

    private mutating func preempt(_ id: SequenceID) {
        sequences[id]?.cache.releaseBlocks(to: &pools)
        running.removeAll { $0 == id }
        waiting.insert(id, at: waiting.firstIndex { $0 > id } ?? waiting.endIndex)
        preemptions += 1
    }

    // MARK: Admission

    private mutating func admit() {
        while let id = waiting.first(where: { sequences[$0]?.isPaused == false }), admit(id) {}
    }

    /// Lets a waiting sequence run if there is a place for it, and its known tokens fit beside what the running ones
    /// still need for theirs. Paused ones give way.
    private mutating func admit(_ id: SequenceID) -> Bool {
        guard var sequence = sequences[id] else { return false }
        sequence.adopt(from: &pools)
        while running.count >= settings.runningLimit || !fits(sequence) {
            guard let idle = running.last(where: { sequences[$0]?.isPaused == true }) else {
                sequence.cache.releaseBlocks(to: &pools)
                sequences[id] = sequence
                return false
            }
            preempt(idle)
        }
        sequence.noteAdmission()
        if sequence.statistics.generatedTokens == 0 { cachedPromptTokens += sequence.cache.computed }
        sequences[id] = sequence
        waiting.removeAll { $0 == id }
        running.insert(id, at: running.firstIndex { $0 > id } ?? running.endIndex)
        return true
    }

    private func fits(_ sequence: ScheduledSequence) -> Bool {
        let all = running.compactMap { sequences[$0] } + [sequence]
        return pools.groups.allSatisfy { group in
            // A paused one does not advance.
            all.reduce(0) { $0 + ($1.isPaused ? 0 : $1.cache.missingForTokens(in: pools, group)) }
                <= pools[group].availableCount
        }
    }

    // MARK: Results

    /// Takes the results of `plan`, one for each of its outputs and scores.
    package mutating func commit(
        _ plan: BatchPlan, _ verdicts: [BatchPlan.Verdict], scores: [Result<[SampledToken], SamplingError>] = []
    ) -> [SequenceUpdate] {
        precondition(verdicts.count == plan.outputs.count, "a verdict for each output")
        precondition(scores.count == plan.scores.count, "a result for each score")
        let scored = zip(plan.scores, scores).compactMap { commit($0, $1) }
        let updates = plan.results(verdicts).flatMap { id, rows, output, verdict in
            guard let output else {
                sequences[id]?.cache.advance(by: rows, of: rows, in: &pools)
                return [SequenceUpdate]()
            }
            return commit(output, verdict, rows: rows)
        }
        return scored + updates + plan.scores.compactMap { finishScores($0.sequence) }
    }

    private mutating func commit(
        _ score: BatchPlan.Score, _ result: Result<[SampledToken], SamplingError>
    ) -> SequenceUpdate? {
        let id = score.sequence
        guard sequences[id] != nil else { return nil }
        switch result {
        case .success(let tokens):
            sequences[id]?.noteScore(score)
            return .prompt(id, tokens)
        case .failure(let error):
            remove(id)
            return .failed(id, InferenceError(error))
        }
    }

    /// Ends a sequence of which no more was wanted than what is known now.
    private mutating func finishScores(_ id: SequenceID) -> SequenceUpdate? {
        guard let sequence = sequences[id], sequence.onlyScoresPrompt, sequence.unscored.isEmpty else { return nil }
        remove(id)
        return .finished(id, .length, sequence.statistics)
    }

    /// - Parameter rows: of known tokens and of the draft.
    private mutating func commit(
        _ output: BatchPlan.Output, _ verdict: BatchPlan.Verdict, rows: Int
    ) -> [SequenceUpdate] {
        let id = output.sequence
        guard var sequence = sequences[id] else { return [] }
        var updates: [SequenceUpdate] = []
        var end: FinishReason?
        // The rows of accepted tokens are in the cache already.
        let computed = rows - output.draft.count + verdict.accepted
        if !output.draft.isEmpty {
            let isLost = verdict.accepted < output.draft.count && settings.policies.contains(.state)
            let counts = DraftCounts(
                drafted: output.draft.count, accepted: verdict.accepted, lostRows: isLost ? computed : 0)
            sequence.noteDraft(counts)
            drafts += counts
        }
        for token in verdict.tokens where end == nil {
            let isDelivered: Bool
            (isDelivered, end) = sequence.append(token.token)
            if isDelivered { updates.append(.token(id, token, sequence.statistics)) }
        }
        sequence.cache.advance(by: min(computed, sequence.cache.pending), of: rows, in: &pools)
        if !output.draft.isEmpty { sequence.cache.releaseSpareBlocks(to: &pools) }
        if end == nil, sequence.cache.tokens.count > sequence.limit { sequence.shift(releasingTo: &pools) }
        sequences[id] = sequence
        if end != nil || verdict.failure != nil { remove(id) }
        if let end {
            updates.append(.finished(id, end, sequence.statistics))
        } else if let failure = verdict.failure {
            updates.append(.failed(id, InferenceError(failure)))
        }
        return updates
    }

    /// The batch of `plan` could not be computed: its sequences end.
    package mutating func fail(_ plan: BatchPlan, _ error: InferenceError) -> [SequenceUpdate] {
        plan.sequences.compactMap { id in
            guard sequences[id] != nil else { return nil }
            remove(id)
            return .failed(id, error)
        }
    }

    private mutating func remove(_ id: SequenceID) {
        guard var sequence = sequences.removeValue(forKey: id) else { return }
        sequence.cache.releaseBlocks(to: &pools)
        running.removeAll { $0 == id }
        waiting.removeAll { $0 == id }
    }

    /// What is wrong, for tests; empty when all is well.
    package func checkInvariants() -> [String] {
        var problems = pools.checkInvariants(holders: sequences.values.map(\.cache.held))
        if Set(running).union(waiting) != Set(sequences.keys) || running.count + waiting.count != sequences.count {
            problems.append("each sequence runs or waits, once")
        }
        if running != running.sorted() || Array(waiting) != waiting.sorted() {
            problems.append("the order is not by age")
        }
        if running.count > settings.runningLimit { problems.append("\(running.count) sequences run") }
        for sequence in sequences.values {
            let name = "sequence \(sequence.id.number)"
            problems += sequence.cache.checkInvariants().map { "\(name): \($0)" }
            if sequence.cache.tokens.count > sequence.limit { problems.append("\(name) is too long") }
        }
        for id in waiting where sequences[id]?.cache.holdsBlocks == true {
            problems.append("sequence \(id.number) waits and holds blocks")
        }
        return problems
    }
}
