package import Compute
import Locking
import Sampling
import Tensors

/// A small model of the same vocabulary that guesses what a large one says next. Used on the engine's thread.
///
/// It follows the accepted tokens of each sequence in a cache of its own. Rows of its guesses stay there as long as they
/// turn out right.
package final class DraftModel {
    private struct Follower {
        var cache: CachedTokens
        /// Guesses whose rows lie in the cache after the computed tokens.
        var ahead: [TokenID] = []
        var lastUse = 0

        /// Rows of guesses that became tokens count as computed; the last token's row is computed anew, for its logits.
        mutating func keepRightGuesses(in pools: inout BlockPools) {
            guard !ahead.isEmpty else { return }
            let right = zip(ahead, cache.tokens[cache.computed...]).prefix { $0 == $1 }.count
            cache.advance(by: min(right, cache.pending - 1), of: ahead.count, in: &pools)
            cache.releaseSpareBlocks(to: &pools)
            ahead = []
        }

        /// Drops tokens from the middle where `count` more would be too many. Guesses need no exact context.
        mutating func makeRoom(for count: Int, limit: Int, releasingTo pools: inout BlockPools) {
            guard cache.tokens.count + count > limit else { return }
            let kept = min(4, limit / 4)
            let dropped = kept..<max(cache.tokens.count - limit / 2, kept + 1)
            cache.remove(dropped, releasingTo: &pools)
        }
    }

    /// Rows of text that one step may catch up with: a step is not to take much longer for it.
    private static let catchUpRows = 128

    private let executable: any Executable
    /// Tokens that both models know are below this.
    private let vocabularySize: Int
    private let positionLimit: Int
    private var pools: BlockPools
    private var followers: [SequenceID: Follower] = [:]
    private var uses = 0
    /// After an error nothing is drafted any more.
    private var hasFailed = false
    /// Seconds that a token of a draft takes, as an average of the last drafts.
    private(set) var secondsPerToken = 0.0

    private let now: () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - vocabularySize: of the large model.
    ///   - now: the clock; tests have their own.
    package init(
        _ executable: any Executable, vocabularySize: Int,
        now: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        self.executable = executable
        self.now = now
        self.vocabularySize = min(vocabularySize, executable.outputWidth)
        let settings = SchedulerSettings(limits: executable.limits, policies: executable.cachePolicies)
        positionLimit = settings.sequenceLimit
        pools = settings.pools
    }

    // MARK: Events

    func start(_ id: SequenceID, _ prompt: [TokenID]) {
        followers[id] = Follower(cache: CachedTokens(prompt, pools))
    }

    func accept(_ id: SequenceID, _ token: TokenID) {
        followers[id]?.cache.append(token)
    }

    func end(_ id: SequenceID) {
        guard var follower = followers.removeValue(forKey: id) else { return }
        follower.cache.releaseBlocks(to: &pools)
    }

    /// Whether drafts of a sequence may be asked for.
    func canDraft(_ id: SequenceID) -> Bool { !hasFailed && followers[id] != nil }

    package var usedBlocks: Int { pools.usedCount }

    // MARK: Drafts

    /// Guesses `count` tokens for each of the sequences. One that is not caught up yet comes closer, and gets none.
    func propose(_ wanted: [(id: SequenceID, count: Int)]) -> [SequenceID: [TokenID]] {
        guard !hasFailed else { return [:] }
        let wanted = wanted.map { (id: $0.id, count: min($0.count, max(positionLimit / 4, 1))) }
        uses += 1
        let start = now()
        do throws(ComputeError) {
            let (first, rows) = try catchUp(wanted)
            let drafts = try extend(first, wanted)
            let rounds = wanted.reduce(1) { max($0, $1.count) }
            // Reading a prompt says nothing of what a token takes.
            if rows <= 4 * wanted.count { note((now() - start) / .seconds(1) / Double(rounds)) }
            return drafts
        } catch {
            hasFailed = true
            for id in Array(followers.keys) { end(id) }
            return [:]
        }
    }

    private func note(_ seconds: Double) {
        secondsPerToken = secondsPerToken == 0 ? seconds : secondsPerToken + 0.1 * (seconds - secondsPerToken)
    }

    /// Computes known tokens.
    /// - Returns: the first guess for each sequence that has none left, and the rows that were computed.
    private func catchUp(
        _ wanted: [(id: SequenceID, count: Int)]
    ) throws(ComputeError) -> (first: [SequenceID: [TokenID]], rows: Int) {
        var batch = Batch()
        var planned: [(id: SequenceID, rows: Int)] = []
        var outputs: [SequenceID] = []
        var rowsLeft = min(Self.catchUpRows, executable.limits.maximumRows)
        for (id, count) in wanted where rowsLeft > 0 && outputs.count < executable.limits.maximumOutputs {
            // In the list too, so that room is not made by taking the blocks of the follower that needs it.
            followers[id]?.lastUse = uses
            guard var follower = followers[id] else { continue }
            follower.keepRightGuesses(in: &pools)
            follower.makeRoom(for: count, limit: positionLimit, releasingTo: &pools)
            follower.cache.adopt(from: &pools)
            var rows = min(follower.cache.pending, rowsLeft)
            if rows > SpeculationSettings.longestDraft + 1 { rows = follower.cache.chunk(atMost: rows) }
            let isComplete = rows == follower.cache.pending
            let isReserved = reserve(rows, for: &follower)
            followers[id] = follower
            guard isReserved else { continue }
            let first = follower.cache.computed
            append(follower.cache.tokens[first..<first + rows], of: follower, to: &batch)
            planned.append((id, rows))
            rowsLeft -= rows
            guard isComplete else { continue }
            batch.outputRows.append(batch.tokens.count - 1)
            outputs.append(id)
        }
        let guesses = try run(batch, outputs)
        for (id, rows) in planned { followers[id]?.cache.advance(by: rows, of: rows, in: &pools) }
        return (guesses.mapValues { [$0] }, batch.tokens.count)
    }

    /// Goes on from the first guesses, one token of every sequence at a time.
    private func extend(
        _ first: [SequenceID: [TokenID]], _ wanted: [(id: SequenceID, count: Int)]
    ) throws(ComputeError) -> [SequenceID: [TokenID]] {
        var drafts = first
        var extended: Set<SequenceID> = []
        for (id, count) in wanted where count > 1 && drafts[id] != nil {
            guard var follower = followers[id] else { continue }
            if reserve(count - 1, keepingState: true, for: &follower) { extended.insert(id) }
            followers[id] = follower
        }
        let longest = wanted.reduce(1) { max($0, $1.count) }
        for length in 1..<longest {
            var batch = Batch()
            var outputs: [SequenceID] = []
            for (id, count) in wanted where length < count && extended.contains(id) {
                guard let follower = followers[id], let draft = drafts[id], draft.count == length else { continue }
                append(draft.suffix(1), after: length - 1, of: follower, to: &batch)
                followers[id]?.ahead += draft.suffix(1)
                batch.outputRows.append(batch.tokens.count - 1)
                outputs.append(id)
            }
            for (id, guess) in try run(batch, outputs) { drafts[id]?.append(guess) }
        }
        return drafts
    }

    /// Computes a batch.
    /// - Returns: the likeliest next token of each output's sequence, where it is a token of the large model too.
    private func run(_ batch: Batch, _ outputs: [SequenceID]) throws(ComputeError) -> [SequenceID: TokenID] {
        guard !batch.tokens.isEmpty else { return [:] }
        try executable.run(batch)
        let best = Locked<[TokenID?]>(Array(repeating: nil, count: outputs.count))
        executable.forEachOutput { output, logits in
            let token = Candidates(logits).best?.token
            best.withLock { $0[output] = token }
        }
        return zip(outputs, best.withLock { $0 }).reduce(into: [:]) { guesses, guess in
            if let token = guess.1, Int(token) < vocabularySize { guesses[guess.0] = token }
        }
    }

    // MARK: The cache

    /// Adds blocks for `rows` more rows, taking those of followers that were not asked for the longest time.
    private func reserve(_ rows: Int, keepingState: Bool = false, for follower: inout Follower) -> Bool {
        while !follower.cache.reserve(rows: rows, keepingState: keepingState, from: &pools) {
            let holders = followers.filter { $0.value.cache.holdsBlocks && $0.value.lastUse < uses }
            guard let idlest = holders.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return false }
            followers[idlest]?.cache.releaseBlocks(to: &pools)
            followers[idlest]?.ahead = []
        }
        return true
    }

    /// - Parameter written: rows of guesses that lie between the computed ones and these.
    private func append(
        _ tokens: ArraySlice<TokenID>, after written: Int = 0, of follower: Follower, to batch: inout Batch
    ) {
        let first = batch.tokens.count
        batch.tokens += tokens
        batch.spans.append(
            Batch.Span(
                rows: first..<batch.tokens.count, firstPosition: follower.cache.computed + written,
                caches: follower.cache.caches(rows: tokens.count, after: written)))
    }
}
