import CKernels

/// Attention of a layer's heads over a cache in memory: of one row, as when a token is generated, or of a prompt's rows.
struct AttentionBenchmark: KernelBenchmark, @unchecked Sendable {
    let name: String
    let limits: CoreLimits
    private let table: KernelTable
    private let rows: Int
    private let depth: Int
    private let queries: Memory
    private let output: Memory
    private let scratch: Memory

    /// Query heads that share a KV head, and KV heads of all layers: enough that no cache holds them.
    private static let (group, kvHeads) = (4, 64)
    private static let (headWidth, blockTokens) = (64, 32)

    static func all(_ table: KernelTable) -> [AttentionBenchmark] {
        [(1, 512), (1, 4096), (32, 512), (32, 4096)].map { AttentionBenchmark(rows: $0, depth: $1, table) }
    }

    private init(rows: Int, depth: Int, _ table: KernelTable) {
        self.table = table
        self.rows = rows
        self.depth = depth
        limits = table.limits
        name = "attend \(rows) rows at \(depth)"
        queries = Memory(floats: rows * Self.group * Self.headWidth)
        output = Memory(floats: rows * Self.group * Self.headWidth)
        scratch = Memory(floats: table.operations.attend_scratch(rows, Self.group, Self.headWidth, Self.blockTokens))
    }

    private var blockCount: Int { (depth + rows + Self.blockTokens - 1) / Self.blockTokens }
    /// Bytes of a block's keys, or values, of one head, in f16.
    private var blockBytes: Int { Self.blockTokens * Self.headWidth * MemoryLayout<UInt16>.stride }

    var cost: KernelCost {
        let seen = rows * depth + rows * (rows + 1) / 2
        return KernelCost(
            bytes: 2 * (depth + rows) * Self.headWidth * MemoryLayout<UInt16>.stride * Self.kvHeads, isStreamed: true,
            multiplyAdds: 2 * seen * Self.headWidth * Self.group * Self.kvHeads)
    }

    func run() {
        for head in 0..<Self.kvHeads {
            var keys: [UnsafePointer<UInt16>?] = []
            var values: [UnsafePointer<UInt16>?] = []
            for block in 0..<blockCount {
                let offset = (head * blockCount + block) * 2 * blockBytes % (Memory.weights.byteCount - 2 * blockBytes)
                let base = UnsafeRawPointer(Memory.weights.raw + offset)
                keys.append(base.assumingMemoryBound(to: UInt16.self))
                values.append((base + blockBytes).assumingMemoryBound(to: UInt16.self))
            }
            attend(keys, values)
        }
    }

    private func attend(_ keys: [UnsafePointer<UInt16>?], _ values: [UnsafePointer<UInt16>?]) {
        keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
                let stride = Self.group * Self.headWidth
                var task = ck_attention(
                    rows: rows, heads: Self.group, head_width: Self.headWidth, block_tokens: Self.blockTokens,
                    first_position: depth, window: 0, scale: 0.125, query: queries.floats, query_stride: stride,
                    keys: keys.baseAddress, values: values.baseAddress, out: output.floats, out_stride: stride,
                    scratch: scratch.floats)
                table.operations.attend(&task)
            }
        }
    }
}
