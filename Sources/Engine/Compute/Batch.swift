package import Tensors

/// The index of a block of a cache group: `ExecutionLimits.blockTokens` positions of each of its layers, or one state.
package typealias BlockID = Int32

/// What one step of the engine computes: consecutive rows of one or more sequences.
package struct Batch: Sendable {
    /// What a span may read and write of a cache group.
    package enum SpanCache: Hashable, Sendable {
        /// Block `i` holds positions `i * blockTokens ..< (i + 1) * blockTokens`, up to and including the span's last. In a
        /// windowed group, blocks that lie before every row's window may be `released`.
        case blocks([BlockID])
        /// The state before the span's first row is in block `from`, or that of an empty sequence where it is nil; the state
        /// after its last row is written to block `to`, which may be the same.
        case state(from: BlockID?, to: BlockID)

        /// In the place of a block that was given back.
        package static let released: BlockID = -1
    }

    /// Consecutive tokens of one sequence.
    package struct Span: Sendable {
        /// Indices into `Batch.tokens`; spans lie one after another and cover all tokens.
        package var rows: Range<Int>
        /// The position of the first row in its sequence; the rows before it are in the cache already.
        package var firstPosition: Int
        /// By cache group.
        package var caches: [SpanCache]

        package init(rows: Range<Int>, firstPosition: Int, caches: [SpanCache]) {
            self.rows = rows
            self.firstPosition = firstPosition
            self.caches = caches
        }

        /// A span of a program whose cache is one group of keys and values.
        package init(rows: Range<Int>, firstPosition: Int, blocks: [BlockID]) {
            self.init(rows: rows, firstPosition: firstPosition, caches: [.blocks(blocks)])
        }

        package var endPosition: Int { firstPosition + rows.count }
    }

    /// Rows that take the place of tokens' embeddings, such as those of an image.
    package struct Embeddings: Sendable {
        /// Rows of the batch, ascending. Their tokens are not looked up.
        package var rows: [Int]
        /// As many rows of the embedding's width.
        package var values: [Float]

        package init(rows: [Int], values: [Float]) {
            self.rows = rows
            self.values = values
        }
    }

    package var tokens: [TokenID]
    package var spans: [Span]
    /// Rows whose results are wanted, ascending. Programs with results of whole texts take no notice of it.
    package var outputRows: [Int]
    package var embeddings: Embeddings?
    /// For multi-section rotation: by section, a position of each row of the batch, such as the column of an image's patch.
    /// At least 0; those of a video may run ahead of the rows. Rotation alone goes by them: caches and masks go by the
    /// rows' places in their sequences. Nil where these are the positions of all sections, as in text.
    package var sectionPositions: [[Int32]]?
    /// The program's inputs: for each, its rows one after another.
    package var inputs: [[Float]] = []

    package init(
        tokens: [TokenID] = [], spans: [Span] = [], outputRows: [Int] = [], embeddings: Embeddings? = nil,
        sectionPositions: [[Int32]]? = nil
    ) {
        self.tokens = tokens
        self.spans = spans
        self.outputRows = outputRows
        self.embeddings = embeddings
        self.sectionPositions = sectionPositions
    }

    /// The rows of a value.
    package func count(_ rows: RowSet) -> Int {
        switch rows {
        case .tokens: tokens.count
        case .outputs: outputRows.count
        case .spans: spans.count
        }
    }
}

/// The sizes for which an executable reserves its memory.
package struct ExecutionLimits: Hashable, Sendable {
    /// Rows of one batch.
    package var maximumRows: Int
    /// Rows of one batch whose results are wanted.
    package var maximumOutputs: Int
    /// Blocks of each cache group, shared by all sequences.
    package var blockCounts: [Int]
    /// Positions in a block.
    package var blockTokens: Int
    /// Positions of one sequence.
    package var contextLength: Int
    package var cacheType: CacheType
    /// Whether the device may keep copies of weights in an order that suits it better; results are the same.
    package var copiesWeights: Bool

    package init(
        maximumRows: Int = 512, maximumOutputs: Int = 64, blockCounts: [Int], blockTokens: Int = 32,
        contextLength: Int, cacheType: CacheType = .f16, copiesWeights: Bool = true
    ) {
        self.maximumRows = maximumRows
        self.maximumOutputs = maximumOutputs
        self.blockCounts = blockCounts
        self.blockTokens = blockTokens
        self.contextLength = contextLength
        self.cacheType = cacheType
        self.copiesWeights = copiesWeights
    }

    /// Limits for a program whose cache is one group.
    package init(
        maximumRows: Int = 512, maximumOutputs: Int = 64, blockCount: Int, blockTokens: Int = 32,
        contextLength: Int, cacheType: CacheType = .f16, copiesWeights: Bool = true
    ) {
        self.init(
            maximumRows: maximumRows, maximumOutputs: maximumOutputs, blockCounts: [blockCount],
            blockTokens: blockTokens, contextLength: contextLength, cacheType: cacheType, copiesWeights: copiesWeights)
    }
}
