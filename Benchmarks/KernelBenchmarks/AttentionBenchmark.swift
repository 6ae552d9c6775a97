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
    private let seen: [ck_positions]

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
        seen = (0..<rows).map { ck_positions(first: 0, end: UInt32(depth + $0 + 1)) }
        scratch = Memory(floats: type.scratch(rows, Self.group, Self.headWidth, Self.headWidth, Self.blockTokens))
    }

    private var blockCount: Int { (depth + rows + Self.blockTokens - 1) / Self.blockTokens }
    /// Bytes of a block's keys, or values, of one head.
    private var blockBytes: Int { type.slice_bytes(Self.headWidth) }

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
                var task = ck_attention()
                task.rows = rows
                task.heads = Self.group
                task.key_width = Self.headWidth
                task.value_width = Self.headWidth
                task.block_tokens = Self.blockTokens
                task.first_position = depth
                task.scale = 0.125
                task.query = UnsafePointer(queries.floats)
                task.query_stride = Self.group * Self.headWidth
                task.keys = keys.baseAddress
                task.values = values.baseAddress
                task.out = output.floats
                task.out_stride = Self.group * Self.headWidth
                task.scratch = scratch.floats
                seen.withUnsafeBufferPointer { seen in
                    task.seen = seen.baseAddress
                    type.attend(&task)
                }
            }
        }
    }
}
