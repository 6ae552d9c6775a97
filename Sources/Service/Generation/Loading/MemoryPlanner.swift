package import Compute
import Inference

/// How much memory a model takes, and how it is used.
package struct MemoryPlan: Hashable, Sendable {
    package let limits: ExecutionLimits
    /// Bytes of the KV cache.
    package let cacheBytes: Int
    /// Bytes of weights and cache. Packed copies of weights take the place of the file's, which are given back.
    package let totalBytes: Int
    /// Bytes of packed copies.
    package let packedBytes: Int
}

/// From a model's sizes to the blocks of its cache. A pure function: the same sizes give the same plan.
package struct MemoryPlanner: Hashable, Sendable {
    /// Bytes.
    package var weightBytes: Int
    /// Bytes of a block of the cache, over all layers.
    package var blockBytes: Int
    package var blockTokens: Int
    /// Tokens of one sequence.
    package var contextLength: Int
    package var parallelSequences: Int
    package var batchRows: Int
    package var cacheType: CacheType
    /// Bytes of the copies that packing makes; 0 where there is nothing to pack.
    package var packedBytes: Int
    package var repacking: Repacking

    /// - Parameter blockBytes: for a cache of `cacheType`.
    package init(
        weightBytes: Int, blockBytes: Int, blockTokens: Int = 32, contextLength: Int, parallelSequences: Int,
        batchRows: Int = 512, cacheType: CacheType = .f16, packedBytes: Int = 0, repacking: Repacking = .auto
    ) {
        self.weightBytes = weightBytes
        self.blockBytes = max(blockBytes, 1)
        self.blockTokens = max(blockTokens, 1)
        self.contextLength = max(contextLength, 4)
        self.parallelSequences = max(parallelSequences, 1)
        self.batchRows = min(max(batchRows, 32), 4096)
        self.cacheType = cacheType
        self.packedBytes = packedBytes
        self.repacking = repacking
    }

    /// Plans a cache for every sequence at full length, as far as that takes no more than half of what the weights leave;
    /// sequences share its blocks, so a smaller cache serves as many of them while they are short.
    /// - Parameter availableBytes: what the model may take.
    /// - Throws: `outOfMemory` where the weights and one sequence at full length do not fit.
    package func plan(availableBytes: Int, model: String) throws(GenerationError) -> MemoryPlan {
        let perSequence = (contextLength - 1) / blockTokens + 1
        let (sequenceBytes, overflow) = perSequence.multipliedReportingOverflow(by: blockBytes)
        let (leastBytes, tooLarge) = weightBytes.addingReportingOverflow(sequenceBytes)
        guard !overflow, !tooLarge, leastBytes <= availableBytes else {
            let cache = overflow ? "more than can be counted" : ByteCount.text(sequenceBytes)
            throw .outOfMemory(
                model: model,
                reason: "it needs \(ByteCount.text(weightBytes)) for its weights and \(cache) for a context of "
                    + "\(contextLength) tokens, and \(ByteCount.text(availableBytes)) are available; "
                    + "use a smaller model or num_ctx")
        }
        let spare = (availableBytes - weightBytes) / 2 / blockBytes
        let (all, tooMany) = perSequence.multipliedReportingOverflow(by: parallelSequences)
        let wanted = tooMany ? Int(BlockID.max) : min(all, Int(BlockID.max))
        let blockCount = max(perSequence, min(wanted, spare))
        let totalBytes = weightBytes + blockCount * blockBytes
        let packs = repacking.isDone(
            packedBytes: packedBytes, totalBytes: totalBytes, availableBytes: availableBytes)
        return MemoryPlan(
            limits: ExecutionLimits(
                maximumRows: max(batchRows, parallelSequences + 1),
                // Also the rows of one sequence and its draft.
                maximumOutputs: max(parallelSequences, SpeculationSettings.longestDraft + 1),
                blockCount: blockCount, blockTokens: blockTokens, contextLength: contextLength, cacheType: cacheType,
                packsWeights: packs),
            cacheBytes: blockCount * blockBytes, totalBytes: totalBytes, packedBytes: packs ? packedBytes : 0)
    }
}

/// Sizes as people read them.
enum ByteCount {
    /// `5.2 GB`, `310 MB`; powers of 1000.
    static func text(_ bytes: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        let number = unit == 0 || tenths >= 1000 ? "\(Int(value.rounded()))" : "\(tenths / 10).\(tenths % 10)"
        return "\(number) \(units[unit])"
    }
}
