/// Possible merges, the best first.
///
/// A heap of all candidates would jump about in memory, and on a word of a million bytes wait for it most of the time.
/// So candidates lie in a bucket for each priority, nearly always in the order in which they will be taken, and a heap
/// orders the priorities only.
struct MergeQueue {
    struct Candidate {
        /// The index of the left symbol.
        let left: Int32
        /// Bytes of both symbols; tells whether they are still what they were.
        let length: Int32
        let id: Int32
    }

    /// Candidates of one priority, by their left symbol.
    private struct Bucket {
        let priority: UInt32
        /// Those that came in order, from `taken` on.
        var ordered: [Candidate] = []
        var taken = 0
        /// Those that came out of order, as a heap.
        var late = Heap<Candidate>()

        var isEmpty: Bool { taken == ordered.count && late.isEmpty }

        mutating func insert(_ candidate: Candidate) {
            if let last = ordered.last, taken < ordered.count, candidate.left < last.left {
                late.insert(candidate)
            } else {
                ordered.append(candidate)
            }
        }

        mutating func removeFirst() -> Candidate? {
            guard taken < ordered.count else { return late.removeFirst() }
            if let first = late.first, first.left < ordered[taken].left { return late.removeFirst() }
            defer { taken += 1 }
            return ordered[taken]
        }
    }

    private var buckets: [Bucket] = []
    private var bucketOf: [UInt32: Int] = [:]
    private var priorities = Heap<UInt64>()
    /// The bucket used last; the next candidate often has the same priority.
    private var latest = -1

    mutating func insert(_ candidate: Candidate, priority: UInt32) {
        if latest < 0 || buckets[latest].priority != priority { latest = bucket(for: priority) }
        if buckets[latest].isEmpty { priorities.insert(UInt64(priority) << 32 | UInt64(latest)) }
        buckets[latest].insert(candidate)
    }

    mutating func removeFirst() -> Candidate? {
        while let best = priorities.first {
            let index = Int(best & 0xFFFF_FFFF)
            if let candidate = buckets[index].removeFirst() {
                if buckets[index].isEmpty { _ = priorities.removeFirst() }
                return candidate
            }
            _ = priorities.removeFirst()
        }
        return nil
    }

    private mutating func bucket(for priority: UInt32) -> Int {
        if let known = bucketOf[priority] { return known }
        bucketOf[priority] = buckets.count
        buckets.append(Bucket(priority: priority))
        return buckets.count - 1
    }
}

extension MergeQueue.Candidate: Comparable {
    static func < (first: Self, second: Self) -> Bool { first.left < second.left }
}
