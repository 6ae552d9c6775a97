import Compute
import Inference
import Testing

@Suite("What a cache group needs follows from its policy")
struct CachePolicyTests {
    /// The blocks that hold the positions which rows from `computed` on read, and these rows.
    private func touched(window: Int, computed: Int, rows: Int, blockTokens: Int) -> Int {
        let positions = max(0, computed - window + 1)..<computed + rows
        return Set(positions.map { $0 / blockTokens }).count
    }

    @Test("a window needs as many blocks as its rows can touch, wherever they begin, and no more", arguments: 1...9)
    func window(blockTokens: Int) {
        for window in 1..<24 {
            for rows in [1, 2, 5, 8, 17] {
                let most = (0..<50).map {
                    touched(window: window, computed: $0, rows: rows, blockTokens: blockTokens)
                }.max()
                let policy = CachePolicy.window(window)
                #expect(policy.blocksNeeded(positions: 1_000, rows: rows, blockTokens: blockTokens) == most)
                // A context that is shorter than the window needs no more than its own blocks.
                #expect(
                    policy.blocksNeeded(positions: 7, rows: rows, blockTokens: blockTokens)
                        <= CachePolicy.full.blocksNeeded(positions: 7, rows: rows, blockTokens: blockTokens))
            }
        }
    }

    @Test("blocks can be given back when every later row is past their last position", arguments: 1...9)
    func releasable(blockTokens: Int) {
        for window in 1..<30 {
            for position in 0..<120 {
                let expected = (0..<120).prefix { ($0 + 1) * blockTokens <= max(0, position - window + 1) }.count
                #expect(CachePolicy.window(window).releasable(at: position, blockTokens: blockTokens) == expected)
            }
        }
        #expect(CachePolicy.full.releasable(at: 100, blockTokens: blockTokens) == 0)
    }

    @Test("a sequence is as long as its blocks allow: without end where it gives them back")
    func limits() {
        #expect(CachePolicy.full.positionLimit(blocks: 7, blockTokens: 4) == 28)
        #expect(CachePolicy.full.positionLimit(blocks: .max, blockTokens: 4) == .max)
        // 9 positions before a row and the row itself lie in four blocks of 4 at most.
        #expect(CachePolicy.window(10).positionLimit(blocks: 4, blockTokens: 4) == .max)
        #expect(CachePolicy.window(10).positionLimit(blocks: 3, blockTokens: 4) == 12)
        #expect(CachePolicy.window(.max).positionLimit(blocks: 3, blockTokens: 4) == 12)
        #expect(CachePolicy.state.positionLimit(blocks: 1, blockTokens: 4) == .max)
        #expect(CachePolicy.state.positionLimit(blocks: 0, blockTokens: 4) == 0)
        let settings = SchedulerSettings(
            limits: ExecutionLimits(blockCounts: [9, 4, 2], blockTokens: 4, contextLength: 100),
            policies: [.full, .window(10), .state])
        #expect(settings.sequenceLimit == 36)
    }
}
