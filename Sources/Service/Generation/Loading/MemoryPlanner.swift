package import Compute
import Inference

/// How much memory a model takes, and how it is used.
package struct MemoryPlan: Hashable, Sendable {
    package let limits: ExecutionLimits
    /// Bytes of the cache.
    package let cacheBytes: Int
    /// Bytes of weights and cache. Copies of weights take the place of the file's, which are given back.
    package let totalBytes: Int
    /// Bytes of the copies.
    package let copyBytes: Int
}

/// From a model's sizes to the blocks of its cache. A pure function: the same sizes give the same plan.
package struct MemoryPlanner: Hashable, Sendable {
    /// Positions in a block of every cache.
    package static let blockTokens = 32

    /// Bytes.
    package var weightBytes: Int
    /// For a cache of `cacheType`.
    package var footprint: Footprint
    /// Of the cache groups.
    package var policies: [CachePolicy]
    /// Tokens of one sequence.
    package var contextLength: Int
    package var parallelSequences: Int
    package var batchRows: Int
    package var cacheType: CacheType
    package var repacking: Repacking

    package init(
        weightBytes: Int, footprint: Footprint, policies: [CachePolicy] = [.full], contextLength: Int,
        parallelSequences: Int, batchRows: Int = 512, cacheType: CacheType = .f16, repacking: Repacking = .auto
    ) {
        self.weightBytes = weightBytes
        self.footprint = footprint
        self.policies = policies
        self.contextLength = max(contextLength, 4)
        self.parallelSequences = max(parallelSequences, 1)
        self.batchRows = max(batchRows, 1)
        self.cacheType = cacheType
        self.repacking = repacking
    }

    // MARK: Plans

    /// Plans a cache for every sequence at full length, as far as that takes no more than half of what the weights leave;
    /// sequences share its blocks, so a smaller cache serves as many of them while they are short.
    ///
    /// Windows and states, which do not grow with the context, come first, but leave half of the cache's memory to the
    /// groups that hold all positions.
    /// - Parameter availableBytes: what the model may take.
    /// - Throws: `outOfMemory` where the weights and one sequence at full length do not fit.
    package func plan(availableBytes: Int, model: String) throws(GenerationError) -> MemoryPlan {
        let least = policies.map {
            $0.blocksNeeded(positions: contextLength, rows: batchRows, blockTokens: Self.blockTokens)
        }
        let countedBytes = cacheBytes(least)
        guard let leastBytes = countedBytes, leastBytes <= availableBytes - weightBytes,
            least.allSatisfy({ $0 <= mostBlocks })
        else {
            let cache = countedBytes.map { ByteCount.text($0) } ?? "more than can be counted"
            throw .outOfMemory(
                model: model,
                reason: "it needs \(ByteCount.text(weightBytes)) for its weights and \(cache) for a context of "
                    + "\(contextLength) tokens, and \(ByteCount.text(availableBytes)) are available; "
                    + "use a smaller model or num_ctx")
        }
        let budget = max((availableBytes - weightBytes) / 2, leastBytes)
        var counts = least
        let share = policies.contains(.full) ? budget / 2 : budget
        for sequences in stride(from: parallelSequences, through: 1, by: -1) {
            let wanted = zip(policies, least).map { max($1, $0 == .full ? 0 : blocks($0, for: sequences)) }
            let others = zip(policies, wanted).map { $0 == .full ? 0 : $1 }
            guard let all = cacheBytes(wanted), all <= budget, let bytes = cacheBytes(others), bytes <= share else {
                continue
            }
            counts = wanted
            break
        }
        let spare = budget - (cacheBytes(counts) ?? budget)
        let fullBytes = zip(policies, footprint.blockBytes).reduce(0) { $0 + ($1.0 == .full ? $1.1 : 0) }
        for (group, policy) in policies.enumerated() where policy == .full && fullBytes > 0 {
            counts[group] = min(counts[group] + spare / fullBytes, blocks(policy, for: parallelSequences))
        }
        return plan(
            counts, rows: max(batchRows, parallelSequences + 1),
            // Also the rows of one sequence and its draft.
            outputs: max(parallelSequences, SpeculationSettings.longestDraft + 1), availableBytes: availableBytes)
    }

    /// Texts in a batch at most.
    private static let batchTexts = 256

    /// Plans what batches of whole texts need, which keep nothing for the next one.
    /// - Throws: `outOfMemory` where that does not fit beside the weights.
    package func textPlan(availableBytes: Int, model: String) throws(GenerationError) -> MemoryPlan {
        let texts = min(Self.batchTexts, batchRows)
        let counts = policies.map {
            TextBatcher.blocksNeeded($0, rows: batchRows, texts: texts, blockTokens: Self.blockTokens)
        }
        guard let bytes = cacheBytes(counts), bytes <= availableBytes - weightBytes else {
            throw .outOfMemory(
                model: model,
                reason: "it needs \(ByteCount.text(weightBytes)) for its weights and more than the rest of the "
                    + "\(ByteCount.text(availableBytes)) that are available for texts of \(contextLength) tokens; "
                    + "use a smaller model or num_ctx")
        }
        return plan(counts, rows: batchRows, outputs: texts, availableBytes: availableBytes)
    }

    /// Plans a cache for every sequence at full length, whatever it takes: for tools that know how much they need. None
    /// gives blocks back, and sequence `i` has the `i`-th part of the blocks of each group.
    /// - Parameter outputs: rows of a batch whose results are wanted.
    package func exactPlan(outputs: Int, availableBytes: Int) -> MemoryPlan {
        let counts = policies.map { policy in
            let each = (policy == .state ? policy : .full).blocksNeeded(
                positions: contextLength, rows: batchRows, blockTokens: Self.blockTokens)
            return product(each, parallelSequences)
        }
        return plan(counts, rows: batchRows, outputs: outputs, availableBytes: availableBytes)
    }

    private func plan(_ counts: [Int], rows: Int, outputs: Int, availableBytes: Int) -> MemoryPlan {
        let cacheBytes = cacheBytes(counts) ?? .max
        let (sum, overflow) = weightBytes.addingReportingOverflow(cacheBytes)
        let totalBytes = overflow ? .max : sum
        let copies = repacking.shouldRepack(
            copyBytes: footprint.copyBytes, totalBytes: totalBytes, availableBytes: availableBytes)
        return MemoryPlan(
            limits: ExecutionLimits(
                maximumRows: rows, maximumOutputs: outputs, blockCounts: counts, blockTokens: Self.blockTokens,
                contextLength: contextLength, cacheType: cacheType, copiesWeights: copies),
            cacheBytes: cacheBytes, totalBytes: totalBytes, copyBytes: copies ? footprint.copyBytes : 0)
    }

    // MARK: Blocks

    private var mostBlocks: Int { Int(BlockID.max) }

    /// Blocks of a group for so many sequences at full length.
    private func blocks(_ policy: CachePolicy, for sequences: Int) -> Int {
        func needed(_ policy: CachePolicy, rows: Int) -> Int {
            policy.blocksNeeded(positions: contextLength, rows: rows, blockTokens: Self.blockTokens)
        }
        switch policy {
        case .full: return product(needed(.full, rows: 1), sequences)
        case .window:
            // The windows of those that run and of as many that ended, and once the rows of a batch, whoever has them.
            let windows = product(needed(policy, rows: 1), 2 * sequences)
            return min(windows + batchRows.blocks(of: Self.blockTokens), product(needed(.full, rows: 1), sequences))
        case .state:
            // What a step reads and writes, and a copy at the end of the prompt and of the answer.
            return product(4, sequences)
        }
    }

    /// As many as blocks can be numbered, where it is more.
    private func product(_ blocks: Int, _ count: Int) -> Int {
        let (product, overflow) = blocks.multipliedReportingOverflow(by: count)
        return overflow ? mostBlocks : min(product, mostBlocks)
    }

    /// Nil where that is more than can be counted.
    private func cacheBytes(_ counts: [Int]) -> Int? {
        var sum = 0
        for (count, bytes) in zip(counts, footprint.blockBytes) {
            let (product, tooMany) = count.multipliedReportingOverflow(by: bytes)
            let (total, tooLarge) = sum.addingReportingOverflow(product)
            guard !tooMany, !tooLarge else { return nil }
            sum = total
        }
        return sum
    }
}
