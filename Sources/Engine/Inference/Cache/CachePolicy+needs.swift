package import Compute

/// What follows from a policy for the blocks of a group. Positions and blocks are counted from a sequence's start.
extension CachePolicy {
    /// The first position that rows from `position` on still read. Of a state they read what is before `position` as a
    /// whole.
    package func firstRead(from position: Int) -> Int {
        switch self {
        case .full: 0
        case .window(let length): max(0, position - max(length, 1) + 1)
        case .state: position
        }
    }

    /// Blocks before this one are read by no row from `position` on, and can be given back.
    package func releasable(at position: Int, blockTokens: Int) -> Int { firstRead(from: position) / blockTokens }

    /// Whether a cache that was brought to a position also serves the positions before it, down to the one at which the
    /// step began.
    package var canRewind: Bool { self != .state }

    /// Blocks with which one sequence of `positions` positions can run alone, `rows` rows in a step.
    package func blocksNeeded(positions: Int, rows: Int, blockTokens: Int) -> Int {
        let all = positions.blocks(of: blockTokens)
        switch self {
        case .full: return all
        case .window(let length):
            // Positions that the rows of one step read or write; they may begin and end anywhere in a block.
            let span = min(max(length, 1), positions) - 1 + min(max(rows, 1), positions)
            return min(all, (span - 1).blocks(of: blockTokens) + 1)
        case .state:
            // The one that a step reads and, where that one is to be kept, the one that it writes.
            return 2
        }
    }

    /// Positions that one sequence can have with `blocks` blocks.
    package func positionLimit(blocks: Int, blockTokens: Int) -> Int {
        switch self {
        case .state: return blocks > 0 ? .max : 0
        case .window where blocks >= blocksNeeded(positions: .max / 4, rows: 1, blockTokens: blockTokens): return .max
        case .full, .window:
            let (positions, overflow) = blocks.multipliedReportingOverflow(by: blockTokens)
            return overflow ? .max : positions
        }
    }
}

extension Int {
    /// Blocks that so many positions take.
    package func blocks(of blockTokens: Int) -> Int {
        self / blockTokens + (self % blockTokens == 0 ? 0 : 1)
    }
}
