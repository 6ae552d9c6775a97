import Tensors

/// Masks of the states of a constraint for one vocabulary.
///
/// The tokens that stay within a terminal depend on its state only, and are kept by state. What is left for each stack are
/// the tokens that begin within the terminal and end behind it.
struct MaskTable {
    /// The tokens that stay within a terminal from one of its states on.
    private struct Inner {
        var tokens: [TokenID] = []
        /// In place of `tokens` where those are many.
        var words: [UInt64] = []
        /// Nodes of the trie at which the terminal may end before a token does.
        var exits: [Int32] = []

        var bytes: Int { 4 * (tokens.count + exits.count) + 8 * words.count + 160 }
    }

    private struct InnerKey: Hashable {
        var state: Int32
        var part: Int
    }

    private struct Entry: Hashable {
        var node: Int32
        var frame: Int32
    }

    let tokens: TokenTrie.Storage
    private let limits: ConstraintLimits
    private let wordCount: Int
    private var inner: LeastRecentlyUsed<InnerKey, Inner>
    private var masks: LeastRecentlyUsed<Int32, TokenMask>
    /// The state at each depth of a walk.
    private var path: [Int32]
    private var steps = 0

    init(_ trie: TokenTrie, limits: ConstraintLimits) {
        tokens = trie.storage
        self.limits = limits
        wordCount = (trie.count + 63) / 64
        inner = LeastRecentlyUsed(maximumCount: 4096, maximumCost: limits.maskBytes / 2)
        masks = LeastRecentlyUsed(maximumCount: 1024, maximumCost: limits.maskBytes / 2)
        path = Array(repeating: 0, count: 1 + (trie.storage.parts.map(\.longest).max() ?? 0))
    }

    /// - Parameter number: that of `set` among the constraint's sets.
    mutating func mask(
        of set: ReadingSet, number: Int32, _ automaton: inout RegularAutomaton, _ stacks: inout StackTable
    ) throws(ConstraintError) -> TokenMask {
        if let mask = masks.value(for: number) { return mask }
        steps = 0
        var words = Array(repeating: UInt64(0), count: wordCount)
        var open: [Entry] = []
        var seen: Set<Entry> = []
        for reading in set.readings {
            for part in tokens.parts.indices {
                let inner = try inner(of: reading.state, part: part, &automaton)
                for token in inner.tokens { Self.allow(token, in: &words) }
                for (index, word) in inner.words.enumerated() { words[index] |= word }
                for node in inner.exits {
                    let entry = Entry(node: node, frame: reading.frame)
                    if seen.insert(entry).inserted { open.append(entry) }
                }
            }
        }
        var exits: [Int32] = []
        var allowed: [TokenID] = []
        while let entry = open.popLast() {
            let (readings, _) = try stacks.readings(after: entry.frame, automaton)
            for reading in readings {
                try walk(from: entry.node, reading.state, &automaton, &allowed, &exits)
                for token in allowed { Self.allow(token, in: &words) }
                for node in exits {
                    let entry = Entry(node: node, frame: reading.frame)
                    if seen.insert(entry).inserted { open.append(entry) }
                }
                allowed.removeAll(keepingCapacity: true)
                exits.removeAll(keepingCapacity: true)
            }
        }
        if set.isComplete { for token in tokens.endOfGeneration { Self.allow(token, in: &words) } }
        let mask = TokenMask(words: words)
        guard mask.count > 0 else { throw .noTokenFits }
        masks.insert(mask, for: number, cost: 8 * wordCount + 96)
        return mask
    }

    private static func allow(_ token: TokenID, in words: inout [UInt64]) {
        words[Int(token) >> 6] |= 1 << UInt64(token & 63)
    }

    private mutating func inner(
        of state: Int32, part: Int, _ automaton: inout RegularAutomaton
    ) throws(ConstraintError) -> Inner {
        let state = try automaton.withoutCounts(above: tokens.parts[part].longest, state)
        let key = InnerKey(state: state, part: part)
        if let known = inner.value(for: key) { return known }
        var result = Inner()
        try walk(from: tokens.parts[part].root, state, &automaton, &result.tokens, &result.exits)
        if result.tokens.count > 2 * wordCount {
            result.words = Array(repeating: 0, count: wordCount)
            for token in result.tokens { Self.allow(token, in: &result.words) }
            result.tokens = []
        }
        inner.insert(result, for: key, cost: result.bytes)
        return result
    }

    /// Finds the tokens below a node that stay within a terminal, which has come to `state` there.
    private mutating func walk(
        from root: Int32, _ state: Int32, _ automaton: inout RegularAutomaton, _ allowed: inout [TokenID],
        _ exits: inout [Int32]
    ) throws(ConstraintError) {
        let nodes = tokens.nodes
        let top = nodes[Int(root)].depth
        let end = Int(nodes[Int(root)].skip)
        path[0] = state
        var index = Int(root) + 1
        var visited = 0
        while index < end {
            let node = nodes[index]
            visited += 1
            let depth = Int(node.depth - top)
            let next = try automaton.next(path[depth - 1], node.byte)
            guard next != RegularAutomaton.dead else {
                index = Int(node.skip)
                continue
            }
            path[depth] = next
            for place in node.firstToken..<nodes[index + 1].firstToken { allowed.append(tokens.tokens[Int(place)]) }
            if automaton.isAccepting(next), Int(node.skip) > index + 1 { exits.append(Int32(index)) }
            index = automaton.hasContinuation(next) ? index + 1 : Int(node.skip)
        }
        steps += visited
        guard steps <= limits.work else { throw .tooLarge(.work, limit: limits.work) }
    }
}
