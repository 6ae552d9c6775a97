import Compute

/// The blocks that nobody references, next to be used first: a linked list inside two arrays, so that a block can leave
/// from the middle.
struct BlockQueue: Sendable {
    private static let end: BlockID = -1
    private var next: [BlockID]
    private var previous: [BlockID]
    private var isMember: [Bool]
    private(set) var first: BlockID?
    private var last: BlockID?
    private(set) var count = 0

    /// An empty queue for blocks 0 ..< `capacity`.
    init(capacity: Int) {
        next = Array(repeating: Self.end, count: capacity)
        previous = next
        isMember = Array(repeating: false, count: capacity)
    }

    func contains(_ block: BlockID) -> Bool { isMember[Int(block)] }

    mutating func append(_ block: BlockID) { insert(block, between: last, and: nil) }

    mutating func prepend(_ block: BlockID) { insert(block, between: nil, and: first) }

    mutating func remove(_ block: BlockID) {
        precondition(contains(block), "block \(block) is in use")
        let (before, after) = (previous[Int(block)], next[Int(block)])
        if before == Self.end { first = after == Self.end ? nil : after } else { next[Int(before)] = after }
        if after == Self.end { last = before == Self.end ? nil : before } else { previous[Int(after)] = before }
        isMember[Int(block)] = false
        count -= 1
    }

    private mutating func insert(_ block: BlockID, between before: BlockID?, and after: BlockID?) {
        precondition(!contains(block), "block \(block) is free already")
        previous[Int(block)] = before ?? Self.end
        next[Int(block)] = after ?? Self.end
        if let before { next[Int(before)] = block } else { first = block }
        if let after { previous[Int(after)] = block } else { last = block }
        isMember[Int(block)] = true
        count += 1
    }
}
