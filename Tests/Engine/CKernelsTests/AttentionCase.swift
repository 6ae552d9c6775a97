import CKernels

/// One attention task: sizes, and what its scores are made of.
struct AttentionCase: Sendable, CustomStringConvertible {
    /// Which positions a row sees.
    enum Sight: Sendable {
        /// Those up to its own.
        case causal
        /// The last so many of them.
        case window(Int)
        /// Those of them that are in the same chunk of so many.
        case chunk(Int)
        /// All, as in an encoder.
        case full
        /// A range that has nothing to do with those of other rows, of so many or fewer.
        case scattered(Int)
    }

    var rows: Int
    var heads: Int
    var keyWidth: Int
    var valueWidth: Int
    var blockTokens: Int
    var firstPosition: Int
    var sees: Sight
    var softcap: Float
    var hasSinks: Bool
    var hasSlopes: Bool
    /// Multiplies queries: large ones make the softmax sharp.
    var sharpness: Float

    init(
        rows: Int = 1, heads: Int = 1, width: Int = 64, valueWidth: Int? = nil, blockTokens: Int = 32,
        firstPosition: Int = 0, sees: Sight = .causal, softcap: Float = 0, hasSinks: Bool = false,
        hasSlopes: Bool = false, sharpness: Float = 1
    ) {
        self.rows = rows
        self.heads = heads
        keyWidth = width
        self.valueWidth = valueWidth ?? width
        self.blockTokens = blockTokens
        self.firstPosition = firstPosition
        self.sees = sees
        self.softcap = softcap
        self.hasSinks = hasSinks
        self.hasSlopes = hasSlopes
        self.sharpness = sharpness
    }

    static let scale: Float = 0.125

    /// Positions that are in the cache.
    var positions: Int { firstPosition + rows }
    var blocks: Int { (positions + blockTokens - 1) / blockTokens }
    var tileTokens: Int { ck_attend_tile_tokens(blockTokens) }

    /// A score of each head that takes weight and gives no value.
    var sinks: [Float]? { hasSinks ? (0..<heads).map { Float($0 * 7 % 5) - 2 } : nil }
    /// What is added to a score for each position from the row's own.
    var slopes: [Float]? { hasSlopes ? (0..<heads).map { 1 / Float(2 + 3 * $0) } : nil }

    /// The positions that a row sees.
    func seen(_ row: Int) -> Range<Int> {
        let end = firstPosition + row + 1
        switch sees {
        case .causal: return 0..<end
        case .window(let length): return max(0, end - length)..<end
        case .chunk(let length): return (end - 1) / length * length..<end
        case .full: return 0..<positions
        case .scattered(let length):
            let first = (row * 7919 + 17) % positions
            return first..<min(positions, first + 1 + (row * 104_729 + 5) % length)
        }
    }

    var description: String {
        "\(rows) rows × \(heads) heads × \(keyWidth)/\(valueWidth) from \(firstPosition), blocks of \(blockTokens), "
            + "\(sees), cap \(softcap), × \(sharpness)" + (hasSinks ? ", sinks" : "") + (hasSlopes ? ", slopes" : "")
    }

    static let all: [Self] =
        [
            Self(), Self(rows: 5), Self(heads: 4, firstPosition: 31), Self(heads: 4, firstPosition: 32),
            Self(rows: 33, heads: 4), Self(rows: 7, heads: 3, width: 128, firstPosition: 60),
            Self(rows: 40, heads: 8, width: 80, blockTokens: 16, firstPosition: 3),
            Self(rows: 6, heads: 2, width: 72, blockTokens: 20, firstPosition: 50),
            Self(rows: 2, heads: 2, width: 36, blockTokens: 8, firstPosition: 21),
            Self(rows: 2, heads: 5, width: 256, firstPosition: 100),
            Self(rows: 64, heads: 2, firstPosition: 10, sees: .window(16)),
            Self(rows: 3, heads: 4, firstPosition: 200, sees: .window(33)),
            Self(heads: 4, firstPosition: 300, sees: .window(1)),
            Self(rows: 9, heads: 7, firstPosition: 90, sharpness: 60),
            Self(rows: 2, heads: 4, firstPosition: 1500), Self(heads: 4, width: 96, firstPosition: 260),
            Self(rows: 3, heads: 16, firstPosition: 127), Self(rows: 4, width: 32, firstPosition: 254),
        ] + general

    /// Beyond causal attention of heads of one width.
    static let general: [Self] = [
        Self(rows: 5, heads: 3, width: 192, valueWidth: 128, firstPosition: 140),
        Self(rows: 2, heads: 7, width: 576, valueWidth: 512, firstPosition: 130),
        Self(heads: 2, width: 64, valueWidth: 96, firstPosition: 150), Self(rows: 3, width: 1, firstPosition: 40),
        Self(rows: 4, heads: 2, width: 5, valueWidth: 23, blockTokens: 12, firstPosition: 121),
        Self(rows: 50, heads: 3, firstPosition: 100, sees: .chunk(48)),
        Self(rows: 150, heads: 2, width: 32, sees: .full), Self(rows: 9, blockTokens: 20, sees: .full),
        Self(rows: 60, heads: 2, firstPosition: 330, sees: .scattered(40)),
        Self(rows: 25, heads: 1, width: 96, blockTokens: 20, firstPosition: 400, sees: .scattered(300)),
        Self(rows: 4, firstPosition: 600, sees: .scattered(5)),
        Self(rows: 5, heads: 4, firstPosition: 125, hasSinks: true),
        Self(heads: 2, firstPosition: 300, sees: .window(20), hasSinks: true),
        Self(rows: 3, heads: 3, firstPosition: 200, softcap: 1.5, sharpness: 8),
        Self(heads: 2, firstPosition: 140, softcap: 30), Self(rows: 12, heads: 4, firstPosition: 120, hasSlopes: true),
        Self(
            rows: 7, heads: 2, width: 96, valueWidth: 64, firstPosition: 250, sees: .window(140), softcap: 2,
            hasSinks: true, hasSlopes: true),
        Self(rows: 2, width: 64, firstPosition: 129, softcap: 2, hasSinks: true, hasSlopes: true),
    ]
}
