package import Compute
import DequeModule
package import Tensors

/// Which texts of which requests the next batch computes. Whole texts only: their rows may depend on each other.
///
/// Requests take turns, a text at a time, so that a request with one text does not wait for one with thousands.
package struct TextBatcher: Sendable {
    package typealias RequestID = UInt64

    /// A text of a request.
    package struct Member: Hashable, Sendable {
        package let request: RequestID
        /// Its place among the request's texts.
        package let text: Int
    }

    package struct Plan: Sendable {
        package fileprivate(set) var batch = Batch()
        /// The text of each span.
        package fileprivate(set) var members: [Member] = []
    }

    private struct Request: Sendable {
        let texts: [[TokenID]]
        var next = 0
    }

    private let limits: ExecutionLimits
    private let policies: [CachePolicy]
    private var requests: [RequestID: Request] = [:]
    /// Those with texts left, the one whose turn it is first.
    private var turns: Deque<RequestID> = []

    package init(limits: ExecutionLimits, policies: [CachePolicy]) {
        self.limits = limits
        self.policies = policies
    }

    /// Tokens that a text can have.
    package static func textLimit(_ limits: ExecutionLimits) -> Int { min(limits.maximumRows, limits.contextLength) }

    package var hasWork: Bool { !turns.isEmpty }

    /// - Parameter texts: at least one, each of 1 to `textLimit` tokens.
    package mutating func add(_ id: RequestID, _ texts: [[TokenID]]) {
        precondition(requests[id] == nil && !texts.isEmpty, "a request comes once, with texts")
        precondition(texts.allSatisfy { (1...Self.textLimit(limits)).contains($0.count) }, "texts fit a batch")
        requests[id] = Request(texts: texts)
        turns.append(id)
    }

    /// The texts that are left of a request are not wanted any more.
    package mutating func remove(_ id: RequestID) {
        requests[id] = nil
        turns.removeAll { $0 == id }
    }

    /// The next batch; nil where no text is left.
    package mutating func plan() -> Plan? {
        var plan = Plan()
        // One after another, each request may add its next text; the batch is full once none of them can. The last round
        // refuses them in the order of their turns, and so keeps it.
        var refusals = 0
        while refusals < turns.count, plan.members.count < limits.maximumOutputs {
            let id = turns.removeFirst()
            guard var request = requests[id] else { continue }
            let text = request.texts[request.next]
            guard plan.batch.tokens.count + text.count <= limits.maximumRows else {
                turns.append(id)
                refusals += 1
                continue
            }
            refusals = 0
            add(text, Member(request: id, text: request.next), to: &plan)
            request.next += 1
            requests[id] = request
            if request.next < request.texts.count { turns.append(id) }
        }
        return plan.members.isEmpty ? nil : plan
    }

    private func add(_ text: [TokenID], _ member: Member, to plan: inout Plan) {
        let first = plan.batch.tokens.count
        let index = plan.members.count
        plan.batch.tokens += text
        // Nothing is kept between batches: each has the blocks from the first one on.
        let firstBlock = plan.batch.spans.reduce(0) { $0 + $1.rows.count.blocks(of: limits.blockTokens) }
        let blocks = (firstBlock..<firstBlock + text.count.blocks(of: limits.blockTokens)).map { BlockID($0) }
        plan.batch.spans.append(
            Batch.Span(
                rows: first..<plan.batch.tokens.count, firstPosition: 0,
                caches: policies.map { policy in
                    policy == .state ? .state(from: nil, to: BlockID(index)) : .blocks(blocks)
                }))
        plan.members.append(member)
    }

    /// Blocks of a cache group that batches of so many rows and texts may need.
    package static func blocksNeeded(_ policy: CachePolicy, rows: Int, texts: Int, blockTokens: Int) -> Int {
        policy == .state ? texts : rows / blockTokens + texts
    }
}
