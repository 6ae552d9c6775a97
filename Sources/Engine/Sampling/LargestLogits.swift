import Tensors

/// Finds the largest of many numbers, sixteen at a time. Not-a-number is never larger than anything.
enum ArgumentOfMaximum {
    /// The first index of the largest value, nil where all are NaN or minus infinity.
    static func find(in values: UnsafeBufferPointer<Float>) -> Int? {
        var lanes = SIMD16<Float>(repeating: -.infinity)
        let whole = values.count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            let block = SIMD16<Float>(loading: values, at: start)
            lanes.replace(with: block, where: block .> lanes)
        }
        var largest = -Float.infinity
        for lane in 0..<16 where lanes[lane] > largest { largest = lanes[lane] }
        for index in whole..<values.count where values[index] > largest { largest = values[index] }
        guard largest > -.infinity else { return nil }
        return values.firstIndex(of: largest)
    }
}

/// Selects the k largest of many numbers with a heap of k: most numbers are only compared with its smallest.
enum LargestLogits {
    /// - Returns: at most `count` candidates, most likely first; NaN and minus infinity are left out.
    static func select(_ count: Int, from values: UnsafeBufferPointer<Float>) -> [Candidate] {
        let count = min(count, values.count)
        guard count > 0 else { return [] }
        var heap: [Candidate] = []  // the least likely on top
        heap.reserveCapacity(count)
        var threshold = -Float.infinity
        func offer(_ index: Int) {
            let logit = values[index]
            guard logit > threshold else { return }
            add(Candidate(token: TokenID(index), logit: logit.finite), to: &heap, count)
            if heap.count == count { threshold = heap[0].logit }
        }
        let whole = values.count / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
            let block = SIMD16<Float>(loading: values, at: start)
            guard any(block .> threshold) else { continue }
            for index in start..<start + 16 { offer(index) }
        }
        for index in whole..<values.count { offer(index) }
        return heap.sorted(by: Candidate.precedes)
    }

    /// - Returns: at most `count` of `candidates`, most likely first.
    static func select(_ count: Int, from candidates: [Candidate]) -> [Candidate] {
        let count = min(count, candidates.count)
        guard count > 0 else { return [] }
        var heap: [Candidate] = []
        for candidate in candidates where heap.count < count || Candidate.precedes(candidate, heap[0]) {
            add(candidate, to: &heap, count)
        }
        return heap.sorted(by: Candidate.precedes)
    }

    /// Takes the place of the least likely one in a full heap.
    private static func add(_ candidate: Candidate, to heap: inout [Candidate], _ count: Int) {
        if heap.count < count {
            heap.append(candidate)
            siftUp(&heap)
        } else {
            heap[0] = candidate
            siftDown(&heap)
        }
    }

    private static func siftUp(_ heap: inout [Candidate]) {
        var child = heap.count - 1
        while child > 0, Candidate.precedes(heap[(child - 1) / 2], heap[child]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private static func siftDown(_ heap: inout [Candidate]) {
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2 where child < heap.count {
                if Candidate.precedes(heap[least], heap[child]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

extension SIMD16<Float> {
    /// Sixteen values from `start` on, which must lie inside `values`.
    fileprivate init(loading values: UnsafeBufferPointer<Float>, at start: Int) {
        self = UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + start).loadUnaligned(as: Self.self)
    }
}
