package import Compute
import Tensors
import TestSupport

/// Three sequences share an executable's cache, each with blocks of its own, shuffled.
package struct SampleSequences {
    private let program: Program
    private let limits: ExecutionLimits
    /// By sequence and cache group.
    private var blocks: [[[BlockID]]] = []
    private var positions = [0, 0, 0]
    private var generator: SeededGenerator

    package init(_ program: Program, _ limits: ExecutionLimits, seed: UInt64) {
        self.program = program
        self.limits = limits
        generator = SeededGenerator(seed: seed)
        let shuffled = limits.blockCounts.map { (0..<BlockID($0)).shuffled(using: &generator) }
        blocks = (0..<3).map { sequence in
            shuffled.map { all in Array(all[all.count / 3 * sequence..<all.count / 3 * (sequence + 1)]) }
        }
    }

    /// Some rows of some sequences: now a prompt's chunk, now a single token. Programs that must see a whole text get new
    /// ones; those that rotate by sections mostly get positions for them.
    package mutating func nextBatch(vocabulary: Int) -> Batch {
        var batch = Batch()
        let singleRows = Bool.random(using: &generator)
        for sequence in (0..<3).shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)) {
            if program.isIndivisible { positions[sequence] = 0 }
            let room = min(limits.maximumRows - batch.tokens.count, limits.contextLength - positions[sequence])
            let count = min(room, singleRows ? 1 : Int.random(in: 1...24, using: &generator))
            guard count > 0 else { continue }
            let first = batch.tokens.count
            batch.tokens += (0..<count).map { _ in TokenID.random(in: 0..<TokenID(vocabulary), using: &generator) }
            batch.spans.append(
                Batch.Span(
                    rows: first..<first + count, firstPosition: positions[sequence], caches: caches(sequence)))
            positions[sequence] += count
        }
        if program.sectionCount > 0, Int.random(in: 0..<4, using: &generator) > 0 {
            batch.sectionPositions = (0..<program.sectionCount).map { _ in
                batch.tokens.map { _ in Int32.random(in: 0..<200, using: &generator) }
            }
        }
        batch.outputRows = batch.tokens.indices.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
        return batch
    }

    /// Blocks before a window are given back; a state moves from block to block.
    private mutating func caches(_ sequence: Int) -> [Batch.SpanCache] {
        let position = positions[sequence]
        return program.cacheGroups.indices.map { group in
            let own = blocks[sequence][group]
            switch program.cacheGroups[group].policy {
            case .full: return .blocks(own)
            case .window(let length):
                let released = max(0, position + 1 - length) / limits.blockTokens
                return .blocks(own.enumerated().map { $0 < released ? Batch.SpanCache.released : $1 })
            case .state:
                guard position > 0 else { return .state(from: nil, to: own[0]) }
                // The newest state lies in the first of the sequence's blocks.
                if Bool.random(using: &generator) { return .state(from: own[0], to: own[0]) }
                blocks[sequence][group].swapAt(0, own.count - 1)
                return .state(from: own[0], to: own[own.count - 1])
            }
        }
    }
}
