package import Tensors

/// The index of a block of the KV cache: `ExecutionLimits.blockTokens` positions of every layer.
package typealias BlockID = Int32

/// What one step of the engine computes: consecutive rows of one or more sequences.
package struct Batch: Sendable {
    /// Consecutive tokens of one sequence.
    package struct Span: Sendable {
        /// Indices into `Batch.tokens`; spans lie one after another and cover all tokens.
        package var rows: Range<Int>
        /// The position of the first row in its sequence; the rows before it are in the cache already.
        package var firstPosition: Int
        /// Block `i` holds positions `i * blockTokens ..< (i + 1) * blockTokens`, up to and including this span's last.
        package var blocks: [BlockID]

        package init(rows: Range<Int>, firstPosition: Int, blocks: [BlockID]) {
            self.rows = rows
            self.firstPosition = firstPosition
            self.blocks = blocks
        }
    }

    package var tokens: [TokenID]
    package var spans: [Span]
    /// Rows whose logits are wanted, ascending.
    package var outputRows: [Int]

    package init(tokens: [TokenID] = [], spans: [Span] = [], outputRows: [Int] = []) {
        self.tokens = tokens
        self.spans = spans
        self.outputRows = outputRows
    }
}

/// The sizes for which an executable reserves its memory.
package struct ExecutionLimits: Hashable, Sendable {
    /// Rows of one batch.
    package var maximumRows: Int
    /// Rows of one batch whose logits are wanted.
    package var maximumOutputs: Int
    /// Blocks of the KV cache, shared by all sequences.
    package var blockCount: Int
    /// Positions in a block.
    package var blockTokens: Int
    /// Positions of one sequence.
    package var contextLength: Int
    package var cacheType: CacheType
    /// Whether weights may be copied into an order in which they are multiplied faster; results are the same.
    package var packsWeights: Bool

    package init(
        maximumRows: Int = 512, maximumOutputs: Int = 64, blockCount: Int, blockTokens: Int = 32, contextLength: Int,
        cacheType: CacheType = .f16, packsWeights: Bool = true
    ) {
        self.maximumRows = maximumRows
        self.maximumOutputs = maximumOutputs
        self.blockCount = blockCount
        self.blockTokens = blockTokens
        self.contextLength = contextLength
        self.cacheType = cacheType
        self.packsWeights = packsWeights
    }
}
