import Tensors

/// Masks of the states of a constraint for one vocabulary.
///
/// The tokens that stay within a terminal depend on its state only, and are kept by state. What is left for each stack
/// are the tokens that begin within the terminal and end behind it, found by the byte that is the first behind it.
struct MaskTable {
    /// The tokens that stay within a terminal from one of its states on.
    private struct Inner {
        var tokens: [TokenID] = []
        /// In place of `tokens` where those are many.
        var words: [UInt64] = []
        /// Nodes of the trie before which the terminal may end, by their bytes.
        var exits: [Int32] = []
        /// Where the nodes of each byte begin in `exits`; nothing where there are none.
        var firstExit: [Int32] = []

        var bytes: Int { 4 * (tokens.count + exits.count + firstExit.count) + 8 * words.count + 192 }
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
    // What a computation of one mask has found, kept for their memory; empty between two of them.
    private var allowed: [TokenID] = []
    private var exits: [Int32] = []
    private var open: [Entry] = []
    private var seen: Set<Entry> = []

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
        for reading in set.readings {
            for part in tokens.parts.indices {
                let inner = try inner(of: reading.state, part: part, &automaton)
                for token in inner.tokens { Self.allow(token, in: &words) }
                for (index, word) in inner.words.enumerated() { words[index] |= word }
                guard !inner.firstExit.isEmpty else { continue }
                try leave(inner, to: reading.frame, &automaton, &stacks)
            }
        }
        while let entry = open.popLast() {
            let (readings, _) = try stacks.readings(after: entry.frame, automaton)
            try spend(readings.count)
            for reading in readings {
                try walk(from: entry.node, reading.state, &automaton)
                openExits(to: reading.frame)
            }
        }
        seen.removeAll(keepingCapacity: true)
        for token in allowed { Self.allow(token, in: &words) }
        allowed.removeAll(keepingCapacity: true)
        if set.isComplete { for token in tokens.endOfGeneration { Self.allow(token, in: &words) } }
        let mask = TokenMask(words: words)
        guard mask.count > 0 else { throw .noTokenFits }
        masks.insert(mask, for: number, cost: 8 * wordCount + 96)
        return mask
    }

    private static func allow(_ token: TokenID, in words: inout [UInt64]) {
        words[Int(token) >> 6] |= 1 << UInt64(token & 63)
    }

    /// Finds the tokens that begin within a terminal and go on with what is left to match behind it.
    private mutating func leave(
        _ inner: Inner, to frame: Int32, _ automaton: inout RegularAutomaton, _ stacks: inout StackTable
    ) throws(ConstraintError) {
        let (readings, _) = try stacks.readings(after: frame, automaton)
        try spend(readings.count * 32)
        for reading in readings {
            for byte in 0..<256 where inner.firstExit[byte] < inner.firstExit[byte + 1] {
                let next = try automaton.next(reading.state, UInt8(byte))
                guard next != RegularAutomaton.dead else { continue }
                for node in inner.exits[Int(inner.firstExit[byte])..<Int(inner.firstExit[byte + 1])] {
                    try enter(Int(node), next, &automaton)
                }
                openExits(to: reading.frame)
            }
        }
    }

    private mutating func openExits(to frame: Int32) {
        for node in exits {
            let entry = Entry(node: node, frame: frame)
            if seen.insert(entry).inserted { open.append(entry) }
        }
        exits.removeAll(keepingCapacity: true)
    }

    private mutating func inner(
        of state: Int32, part: Int, _ automaton: inout RegularAutomaton
    ) throws(ConstraintError) -> Inner {
        let state = try automaton.withoutCounts(above: tokens.parts[part].longest, state)
        let key = InnerKey(state: state, part: part)
        if let known = inner.value(for: key) { return known }
        let firstAllowed = allowed.count
        try walk(from: tokens.parts[part].root, state, &automaton)
        var result = Inner()
        if allowed.count - firstAllowed > 2 * wordCount {
            result.words = Array(repeating: 0, count: wordCount)
            for token in allowed[firstAllowed...] { Self.allow(token, in: &result.words) }
        } else {
            result.tokens = Array(allowed[firstAllowed...])
        }
        allowed.removeLast(allowed.count - firstAllowed)
        if !exits.isEmpty { sortExits(into: &result) }
        inner.insert(result, for: key, cost: result.bytes)
        return result
    }

    /// Lists the nodes below all exits by their bytes.
    private mutating func sortExits(into result: inout Inner) {
        func visit(_ body: (Int, Int) -> Void) {
            for exit in exits {
                var child = Int(exit) + 1
                while child < Int(tokens.nodes[Int(exit)].skip) {
                    body(child, Int(tokens.nodes[child].byte))
                    child = Int(tokens.nodes[child].skip)
                }
            }
        }
        var first = Array(repeating: Int32(0), count: 257)
        visit { _, byte in first[byte + 1] += 1 }
        for byte in 0..<256 { first[byte + 1] += first[byte] }
        var next = first
        var sorted = Array(repeating: Int32(0), count: Int(first[256]))
        visit { node, byte in
            sorted[Int(next[byte])] = Int32(node)
            next[byte] += 1
        }
        result.firstExit = first
        result.exits = sorted
        exits.removeAll(keepingCapacity: true)
    }

    // MARK: Walks

    private static let smallTree = 4

    /// Whether all that is below a node may follow in a state, without an end of the terminal among it.
    private func isLoop(
        at node: TokenTrie.Node, _ state: Int32, _ automaton: inout RegularAutomaton
    ) throws(ConstraintError) -> Bool {
        let loop = try automaton.loop(of: state)
        return loop.kinds.isSuperset(of: node.kinds) && Int(node.height) <= loop.length
    }

    /// Adds the tokens that end at a node, and those below it that stay within a terminal, to `allowed`, and the nodes
    /// at which the terminal may end to `exits`.
    ///
    /// - Parameter state: that of the terminal at the node.
    private mutating func enter(
        _ index: Int, _ state: Int32, _ automaton: inout RegularAutomaton
    ) throws(ConstraintError) {
        steps += 1
        let node = tokens.nodes[index]
        for place in node.firstToken..<tokens.nodes[index + 1].firstToken { allowed.append(tokens.tokens[Int(place)]) }
        guard Int(node.skip) > index + 1 else { return }
        if automaton.isAccepting(state) { exits.append(Int32(index)) }
        if automaton.hasContinuation(state) { try walk(from: Int32(index), state, &automaton) }
    }

    /// The same for what is below a node, without the node itself.
    private mutating func walk(
        from root: Int32, _ state: Int32, _ automaton: inout RegularAutomaton
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
            // Loops are worth a question where they save a few.
            if Int(node.skip) > index + Self.smallTree, try isLoop(at: node, next, &automaton) {
                for place in node.firstToken..<nodes[Int(node.skip)].firstToken {
                    allowed.append(tokens.tokens[Int(place)])
                }
                index = Int(node.skip)
                continue
            }
            for place in node.firstToken..<nodes[index + 1].firstToken { allowed.append(tokens.tokens[Int(place)]) }
            if automaton.isAccepting(next), Int(node.skip) > index + 1 { exits.append(Int32(index)) }
            index = automaton.hasContinuation(next) ? index + 1 : Int(node.skip)
        }
        try spend(visited)
    }

    private mutating func spend(_ more: Int) throws(ConstraintError) {
        steps += more
        guard steps <= limits.work else { throw .tooLarge(.work, limit: limits.work) }
    }
}
