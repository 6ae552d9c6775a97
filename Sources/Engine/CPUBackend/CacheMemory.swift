import CKernels
import Compute

/// The bytes of the KV cache: for each layer, blocks of keys (a tile for each head), then values alike.
struct CacheMemory {
    struct Layer {
        let base: UnsafeMutableRawPointer
        let layout: CacheLayout
        let kvHeads: Int
        /// Of one head's keys, or values.
        let tileBytes: Int

        var blockTokens: Int { layout.blockTokens }
        /// Bytes from a head's keys to its values.
        var valuesOffset: Int { kvHeads * tileBytes }

        func keys(block: BlockID, kvHead: Int) -> UnsafeMutableRawPointer {
            base + Int(block) * 2 * valuesOffset + kvHead * tileBytes
        }
    }

    private(set) var layers: [Layer] = []

    init(
        _ program: Program, _ layout: CacheLayout, _ limits: ExecutionLimits, _ memory: BufferMemory
    ) throws(ComputeError) {
        for layer in program.cacheLayers {
            let base = try memory.allocate(
                limits.blockCount, of: try layout.blockBytes(layer),
                for: "the KV cache of \(limits.blockCount) blocks")
            layers.append(
                Layer(
                    base: base, layout: layout, kvHeads: layer.kvHeads,
                    tileBytes: try layout.tileBytes(headWidth: layer.headWidth)))
        }
    }
}
