import CKernels

/// Attention of a layer's heads over a cache in memory: of one row, as when a token is generated, or of a prompt's rows.
struct AttentionBenchmark: KernelBenchmark, @unchecked Sendable {
    let name: String
    let limits: CoreLimits
    private let type: ck_cache
    private let rows: Int
    private let depth: Int
    private let queries: Memory
    private let output: Memory
    private let scratch: Memory

    /// Query heads that share a KV head, and KV heads of all layers: enough that no cache holds them.
    private static let (group, kvHeads) = (4, 64)
    private static let (headWidth, blockTokens) = (64, 32)

    static func all(_ table: KernelTable) -> [AttentionBenchmark] {
        ["f16", "q8_0", "q4_0"].flatMap { name -> [AttentionBenchmark] in
            guard let type = ck_find_cache(table.pointer, name)?.pointee else { return [] }
            return [(1, 512), (1, 4096), (32, 512), (32, 4096)].map {
                AttentionBenchmark(rows: $0, depth: $1, type, table)
            }
        }
    }

    private init(rows: Int, depth: Int, _ type: ck_cache, _ table: KernelTable) {
        self.type = type
        self.rows = rows
        self.depth = depth
        limits = table.limits
        name = "attend \(rows) rows at \(depth), \(String(cString: type.name))"
        queries = Memory(floats: rows * Self.group * Self.headWidth)
        output = Memory(floats: rows * Self.group * Self.headWidth)
        scratch = Memory(floats: type.scratch(rows, Self.group, Self.headWidth, Self.blockTokens))
    }

    private var blockCount: Int { (depth + rows + Self.blockTokens - 1) / Self.blockTokens }
    /// Bytes of a block's keys, or values, of one head.
    private var blockBytes: Int { type.tile_bytes(Self.headWidth) }

    var cost: KernelCost {
        let seen = rows * depth + rows * (rows + 1) / 2
        return KernelCost(
            bytes: 2 * blockCount * blockBytes * Self.kvHeads, isStreamed: true,
            multiplyAdds: 2 * seen * Self.headWidth * Self.group * Self.kvHeads)
    }

    func run() {
        for head in 0..<Self.kvHeads {
            var keys: [UnsafeRawPointer?] = []
            var values: [UnsafeRawPointer?] = []
            for block in 0..<blockCount {
                let offset = (head * blockCount + block) * 2 * blockBytes % (Memory.weights.byteCount - 2 * blockBytes)
                let base = UnsafeRawPointer(Memory.weights.raw + offset)
                keys.append(base)
                values.append(base + blockBytes)
            }
            attend(keys, values)
        }
    }

    private func attend(_ keys: [UnsafeRawPointer?], _ values: [UnsafeRawPointer?]) {
        keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
                let stride = Self.group * Self.headWidth
                var task = ck_attention(
                    rows: rows, heads: Self.group, head_width: Self.headWidth, block_tokens: Self.blockTokens,
                    first_position: depth, window: 0, scale: 0.125, query: queries.floats, query_stride: stride,
                    keys: keys.baseAddress, values: values.baseAddress, out: output.floats, out_stride: stride,
                    scratch: scratch.floats, records: nil, record_tiles: 0, first_tile: 0, end_tile: 0)
                type.attend(&task)
            }
        }
    }
}
