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
        var ahead: ArraySlice<TokenID> = []
        var lastUse = 0

        /// Rows of guesses that became tokens count as computed; the last token's row is computed anew, for its logits.
        mutating func keepRightGuesses(publishingTo pool: inout KVBlockPool) {
            let right = zip(ahead, cache.tokens[cache.computed...]).prefix { $0 == $1 }.count
            cache.advance(by: min(right, cache.pending - 1), publishingTo: &pool)
            cache.releaseSpareBlocks(to: &pool)
            ahead = []
        }

        /// Drops tokens from the middle where `count` more would be too many. Guesses need no exact context.
        mutating func makeRoom(for count: Int, limit: Int, releasingTo pool: inout KVBlockPool) {
            guard cache.tokens.count + count > limit else { return }
            let kept = min(4, limit / 4)
            let dropped = kept..<max(cache.tokens.count - limit / 2, kept + 1)
            cache.remove(dropped, releasingTo: &pool)
        }
    }

    /// Rows of text that one step may catch up with: a step is not to take much longer for it.
    private static let catchUpRows = 128

    private let executable: any Executable
    /// Guesses that the large model cannot take are none.
    private let vocabularySize: Int
    private var pool: KVBlockPool
    private var followers: [SequenceID: Follower] = [:]
    private var uses = 0
    /// After an error nothing is drafted any more.
    private var hasFailed = false
    /// What a token of a draft takes, of late.
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
        self.vocabularySize = min(vocabularySize, executable.vocabularySize)
        pool = KVBlockPool(blockCount: executable.limits.blockCount, blockTokens: executable.limits.blockTokens)
    }

    // MARK: Events

    func start(_ id: SequenceID, _ prompt: [TokenID]) {
        followers[id] = Follower(cache: CachedTokens(prompt, blockTokens: pool.blockTokens))
    }

    func accept(_ id: SequenceID, _ token: TokenID) {
        followers[id]?.cache.append(token)
    }

    func end(_ id: SequenceID) {
        guard var follower = followers.removeValue(forKey: id) else { return }
        follower.cache.releaseBlocks(to: &pool)
    }

    /// Whether drafts of a sequence may be asked for.
    func canDraft(_ id: SequenceID) -> Bool { !hasFailed && followers[id] != nil }

    package var usedBlocks: Int { pool.usedCount }

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
            follower.keepRightGuesses(publishingTo: &pool)
            follower.makeRoom(for: count, limit: positionLimit, releasingTo: &pool)
            follower.cache.adoptBlocks(from: &pool)
            let rows = min(follower.cache.pending, rowsLeft)
            let isComplete = rows == follower.cache.pending
            let isReserved = reserve(isComplete ? rows + count - 1 : rows, for: &follower)
            followers[id] = follower
            guard isReserved else { continue }
            let first = follower.cache.computed
            append(follower.cache.tokens[first..<first + rows], at: first, of: follower, to: &batch)
            planned.append((id, rows))
            rowsLeft -= rows
            guard isComplete else { continue }
            batch.outputRows.append(batch.tokens.count - 1)
            outputs.append(id)
        }
        let guesses = try run(batch, outputs)
        for (id, rows) in planned { followers[id]?.cache.advance(by: rows, publishingTo: &pool) }
        return (guesses.mapValues { [$0] }, batch.tokens.count)
    }

    /// Goes on from the first guesses, one token of every sequence at a time.
    private func extend(
        _ first: [SequenceID: [TokenID]], _ wanted: [(id: SequenceID, count: Int)]
    ) throws(ComputeError) -> [SequenceID: [TokenID]] {
        var drafts = first
        let longest = wanted.reduce(1) { max($0, $1.count) }
        for length in 1..<longest {
            var batch = Batch()
            var outputs: [SequenceID] = []
            for (id, count) in wanted where length < count {
                guard let follower = followers[id], let draft = drafts[id], draft.count == length else { continue }
                append(draft.suffix(1), at: follower.cache.computed + length - 1, of: follower, to: &batch)
                batch.outputRows.append(batch.tokens.count - 1)
                outputs.append(id)
            }
            for (id, guess) in try run(batch, outputs) { drafts[id]?.append(guess) }
        }
        for (id, draft) in drafts { followers[id]?.ahead = draft.dropLast() }
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

    private var positionLimit: Int {
        SchedulerSettings(limits: executable.limits).sequenceLimit
    }

    /// Adds blocks for `rows` more rows, taking those of followers that were not asked for the longest time.
    private func reserve(_ rows: Int, for follower: inout Follower) -> Bool {
        while !follower.cache.reserve(rows: rows, from: &pool) {
            let holders = followers.filter { !$0.value.cache.blocks.isEmpty && $0.value.lastUse < uses }
            guard let idlest = holders.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return false }
            followers[idlest]?.cache.releaseBlocks(to: &pool)
            followers[idlest]?.ahead = []
        }
        return true
    }

    private func append(_ tokens: ArraySlice<TokenID>, at position: Int, of follower: Follower, to batch: inout Batch) {
        let first = batch.tokens.count
        let blocks = pool.blocksNeeded(forTokens: position + tokens.count)
        batch.tokens += tokens
        batch.spans.append(
            Batch.Span(
                rows: first..<batch.tokens.count, firstPosition: position,
                blocks: Array(follower.cache.blocks.prefix(blocks))))
    }
}
