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
    func sliceBytes(width: Int) throws(ComputeError) -> Int {
        let unit = type.pointee.width_unit
        guard width > 0, width % unit == 0 else {
            let name = String(cString: type.pointee.name)
            throw .unsupported(
                "KV cache type \(name) needs heads of a multiple of \(unit) elements, and this model's have "
                    + "\(width); set OLLAMA_KV_CACHE_TYPE to f16")
        }
        guard !type.pointee.rotates || width <= Int(CK_ROTATED_WIDTH) else {
            throw .unsupported("the KV cache takes heads of at most \(CK_ROTATED_WIDTH) elements")
        }
        return type.pointee.slice_bytes(width)
    }

    /// Bytes of a block of one layer.
    func blockBytes(_ layer: CacheLayer) throws(ComputeError) -> Int {
        let purpose = "a block of the KV cache"
        switch layer.content {
        case .keysAndValues(let heads, let keyWidth, let valueWidth):
            let bytes = try sliceBytes(width: keyWidth) + sliceBytes(width: valueWidth)
            return try bytes.times(heads, for: purpose)
        case .state(let width):
            return try width.times(MemoryLayout<Float>.stride, for: purpose).roundedUpToCacheLine
        }
    }
}

/// The bytes of the cache: for each layer its blocks.
struct CacheMemory {
    /// In each block the keys (a slice for each head), then the values alike.
    struct KeysAndValues: @unchecked Sendable {
        let layout: CacheLayout
        fileprivate let base: UnsafeMutableRawPointer
        fileprivate let blockBytes: Int
        fileprivate let keyBytes: Int
        fileprivate let valueBytes: Int
        fileprivate let heads: Int

        var blockTokens: Int { layout.blockTokens }

        func keys(block: BlockID, head: Int) -> UnsafeMutableRawPointer {
            base + Int(block) * blockBytes + head * keyBytes
        }

        func values(block: BlockID, head: Int) -> UnsafeMutableRawPointer {
            base + Int(block) * blockBytes + heads * keyBytes + head * valueBytes
        }
    }

    /// In each block the floats of one sequence.
    struct States: @unchecked Sendable {
        fileprivate let base: UnsafeMutablePointer<Float>
        fileprivate let stride: Int

        subscript(block: BlockID) -> UnsafeMutablePointer<Float> { base + Int(block) * stride }
    }

    private let layout: CacheLayout
    private var bases: [CacheLayer: UnsafeMutableRawPointer] = [:]

    init(
        _ program: Program, _ layout: CacheLayout, _ limits: ExecutionLimits, _ memory: BufferMemory
    ) throws(ComputeError) {
        self.layout = layout
        for group in program.cacheGroups {
            for layer in group.layers {
                let blocks = limits.blockCounts[layer.group]
                bases[layer] = try memory.allocate(
                    blocks, of: try layout.blockBytes(layer), for: "the cache of \(blocks) blocks")
            }
        }
    }

    func keysAndValues(_ layer: CacheLayer) throws(ComputeError) -> KeysAndValues {
        guard case .keysAndValues(let heads, let keyWidth, let valueWidth) = layer.content, let base = bases[layer]
        else { throw .unsupported("cache \(layer.index) holds no keys") }
        return KeysAndValues(
            layout: layout, base: base, blockBytes: try layout.blockBytes(layer),
            keyBytes: try layout.sliceBytes(width: keyWidth), valueBytes: try layout.sliceBytes(width: valueWidth),
            heads: heads)
    }

    func states(_ layer: CacheLayer) throws(ComputeError) -> States {
        guard case .state = layer.content, let base = bases[layer] else {
            throw .unsupported("cache \(layer.index) holds no state")
        }
        return States(
            base: base.assumingMemoryBound(to: Float.self),
            stride: try layout.blockBytes(layer) / MemoryLayout<Float>.stride)
    }
}
