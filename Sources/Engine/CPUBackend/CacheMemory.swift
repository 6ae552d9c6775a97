import Compute

/// The bytes of the KV cache: for each layer, blocks of keys [kv head][position][head width] in f16, then values alike.
struct CacheMemory {
    struct Layer {
        let base: UnsafeMutablePointer<UInt16>
        let kvHeads: Int
        let headWidth: Int
        let blockTokens: Int

        /// Elements between the blocks; half of them are keys.
        var blockStride: Int { 2 * valuesOffset }
        /// Elements from a block's keys to its values.
        var valuesOffset: Int { kvHeads * headStride }
        /// Elements between the heads.
        var headStride: Int { blockTokens * headWidth }

        func keys(block: BlockID, kvHead: Int) -> UnsafeMutablePointer<UInt16> {
            base + Int(block) * blockStride + kvHead * headStride
        }

        func values(block: BlockID, kvHead: Int) -> UnsafeMutablePointer<UInt16> {
            keys(block: block, kvHead: kvHead) + valuesOffset
        }
    }

    private(set) var layers: [Layer] = []

    init(_ program: Program, _ limits: ExecutionLimits, _ memory: BufferMemory) throws(ComputeError) {
        let purpose = "the KV cache of \(limits.blockCount) blocks"
        for layer in program.cacheLayers {
            let elements = try layer.kvHeads.times(layer.headWidth, for: purpose).times(2, for: purpose)
                .times(limits.blockTokens, for: purpose).times(limits.blockCount, for: purpose)
            let base = try memory.allocate(elements, of: MemoryLayout<UInt16>.stride, for: purpose)
            layers.append(
                Layer(
                    base: base.assumingMemoryBound(to: UInt16.self), kvHeads: layer.kvHeads,
                    headWidth: layer.headWidth, blockTokens: limits.blockTokens))
        }
    }
}
