/// Possible merges, the best first: a binary heap.
struct MergeQueue {
    struct Candidate {
        let priority: UInt32
        /// The index of the left symbol.
        let left: UInt32
        /// Bytes of both symbols; tells whether they are still what they were.
        let length: Int32
        let id: Int32

        fileprivate var order: UInt64 { UInt64(priority) << 32 | UInt64(left) }
    }

    private var heap: [Candidate] = []

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    mutating func insert(_ candidate: Candidate) {
        var index = heap.count
        heap.append(candidate)
        while index > 0 {
            let parent = (index - 1) / 2
            guard candidate.order < heap[parent].order else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = candidate
    }

    mutating func popFirst() -> Candidate? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].order < heap[child].order { child += 1 }
            guard heap[child].order < last.order else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return first
    }
}
