import CKernels
import Compute

/// How the CPU keeps keys and values of a type.
struct CacheLayout: @unchecked Sendable {
    let type: UnsafePointer<ck_cache>
    let blockTokens: Int

    /// - Throws: `unsupported` for a type that the kernels do not have, and for blocks of more than 32 positions.
    init(_ type: CacheType, blockTokens: Int, _ kernels: KernelTable) throws(ComputeError) {
        guard let found = kernels.cache(named: type.name) else {
            let names = kernels.cacheNames.joined(separator: ", ")
            throw .unsupported("there is no KV cache type \"\(type)\"; set OLLAMA_KV_CACHE_TYPE to one of \(names)")
        }
        guard (1...Int(CK_CACHE_TOKENS)).contains(blockTokens) else {
            throw .unsupported("a block of the KV cache cannot hold \(blockTokens) positions")
        }
        self.type = found
        self.blockTokens = blockTokens
    }

    /// Bytes of the keys, or the values, of one head in one block.
    /// - Throws: `unsupported` where the type has no heads of this width.
    func tileBytes(headWidth: Int) throws(ComputeError) -> Int {
        let unit = type.pointee.width_unit
        guard headWidth > 0, headWidth % unit == 0 else {
            let name = String(cString: type.pointee.name)
            throw .unsupported(
                "KV cache type \(name) needs heads of a multiple of \(unit) elements, and this model's have "
                    + "\(headWidth); set OLLAMA_KV_CACHE_TYPE to f16")
        }
        guard !type.pointee.rotates || headWidth <= Int(CK_ROTATED_WIDTH) else {
            throw .unsupported("the KV cache takes heads of at most \(CK_ROTATED_WIDTH) elements")
        }
        return type.pointee.tile_bytes(headWidth)
    }

    /// Bytes of a block of one layer.
    func blockBytes(_ layer: AttentionLayer) throws(ComputeError) -> Int {
        let purpose = "a block of the KV cache"
        return try tileBytes(headWidth: layer.headWidth).times(layer.kvHeads, for: purpose).times(2, for: purpose)
    }
}
