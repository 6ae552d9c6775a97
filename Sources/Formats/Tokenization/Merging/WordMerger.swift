/// Merges the symbols of a word, best merge first, until no merge is left. Keeps its memory from word to word.
struct WordMerger<Rules: MergeRules> {
    /// Up to so many symbols a search through all of them is faster than a queue.
    private static var smallWord: Int { 24 }

    let rules: Rules
    private(set) var symbols: [MergeSymbol] = []
    private var merges: [Merge] = []
    /// Merges tried and done, to compare the work on different texts.
    private(set) var work = 0

    init(rules: Rules) {
        self.rules = rules
    }

    mutating func removeAll() { symbols.removeAll(keepingCapacity: true) }

    mutating func append(_ symbol: MergeSymbol) { symbols.append(symbol) }

    /// Merges the symbols, which must follow each other in `text`; those that are left are in `symbols`.
    mutating func merge(in text: UnsafeRawBufferPointer) {
        guard symbols.count > 1 else { return }
        if symbols.count <= Self.smallWord { mergeSmall(in: text) } else { mergeLarge(in: text) }
    }

    private mutating func mergeSmall(in text: UnsafeRawBufferPointer) {
        merges.removeAll(keepingCapacity: true)
        for index in 0..<symbols.count - 1 {
            merges.append(rules.merge(symbols[index], symbols[index + 1], in: text))
        }
        work += merges.count
        while true {
            var best = -1
            var bestPriority = UInt32.max
            for index in 0..<merges.count where merges[index].priority < bestPriority {
                best = index
                bestPriority = merges[index].priority
            }
            guard best >= 0 else { return }
            work += 1
            symbols[best].id = merges[best].id
            symbols[best].length += symbols[best + 1].length
            symbols.remove(at: best + 1)
            merges.remove(at: best)
            if best < merges.count { merges[best] = rules.merge(symbols[best], symbols[best + 1], in: text) }
            if best > 0 { merges[best - 1] = rules.merge(symbols[best - 1], symbols[best], in: text) }
        }
    }

    private mutating func mergeLarge(in text: UnsafeRawBufferPointer) {
        var queue = MergeQueue()
        var links = SymbolLinks(count: symbols.count)
        for left in 0..<symbols.count - 1 { propose(left, left + 1, to: &queue, in: text) }
        while let candidate = queue.removeFirst() {
            work += 1
            let left = Int(candidate.left)
            let right = links.next(left)
            // A merge is stale when one of its symbols has become part of another since.
            guard symbols[left].length > 0, right >= 0,
                symbols[left].length + symbols[right].length == candidate.length
            else { continue }
            symbols[left].id = candidate.id
            symbols[left].length = candidate.length
            symbols[right].length = 0
            links.remove(right)
            if links.previous(left) >= 0 { propose(links.previous(left), left, to: &queue, in: text) }
            if links.next(left) >= 0 { propose(left, links.next(left), to: &queue, in: text) }
        }
        symbols.removeAll { $0.length == 0 }
    }

    private mutating func propose(
        _ left: Int, _ right: Int, to queue: inout MergeQueue, in text: UnsafeRawBufferPointer
    ) {
        work += 1
        let merge = rules.merge(symbols[left], symbols[right], in: text)
        guard merge.priority != .max else { return }
        let length = symbols[left].length + symbols[right].length
        queue.insert(MergeQueue.Candidate(left: Int32(left), length: length, id: merge.id), priority: merge.priority)
    }
}

/// The neighbours of each symbol while symbols vanish between them.
private struct SymbolLinks {
    private var previous: [Int32]
    private var next: [Int32]

    init(count: Int) {
        previous = (0..<Int32(count)).map { $0 - 1 }
        next = (0..<Int32(count)).map { $0 + 1 }
        next[count - 1] = -1
    }

    func previous(_ index: Int) -> Int { Int(previous[index]) }
    func next(_ index: Int) -> Int { Int(next[index]) }

    mutating func remove(_ index: Int) {
        let before = previous[index]
        let after = next[index]
        if before >= 0 { next[Int(before)] = after }
        if after >= 0 { previous[Int(after)] = before }
    }
}
