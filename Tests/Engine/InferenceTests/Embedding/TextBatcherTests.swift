import Compute
import Inference
import Tensors
import TestSupport
import Testing

@Suite("Texts are batched whole, and requests take turns")
struct TextBatcherTests {
    private static let policies: [CachePolicy] = [.full, .window(16), .state]

    private static func limits(rows: Int, texts: Int) -> ExecutionLimits {
        ExecutionLimits(
            maximumRows: rows, maximumOutputs: texts,
            blockCounts: policies.map { TextBatcher.blocksNeeded($0, rows: rows, texts: texts, blockTokens: 8) },
            blockTokens: 8, contextLength: rows)
    }

    private static func text(_ length: Int, of request: UInt64, _ number: Int) -> [TokenID] {
        Array(repeating: TokenID(request * 1000) + TokenID(number), count: length)
    }

    @Test("every text is computed once, within the limits and in blocks of its own", arguments: 0..<12)
    func simulation(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limits = Self.limits(rows: .random(in: 20...90, using: &random), texts: .random(in: 1...9, using: &random))
        var batcher = TextBatcher(limits: limits, policies: Self.policies)
        var wanted: [UInt64: [[TokenID]]] = [:]
        var computed: [UInt64: Set<Int>] = [:]
        var nextRequest: UInt64 = 1
        for round in 0..<300 {
            if round < 200, Bool.random(using: &random) {
                let texts = (0..<Int.random(in: 1...12, using: &random)).map {
                    Self.text(.random(in: 1...limits.maximumRows, using: &random), of: nextRequest, $0)
                }
                wanted[nextRequest] = texts
                batcher.add(nextRequest, texts)
                nextRequest += 1
            }
            if Int.random(in: 0..<10, using: &random) == 0,
                let victim = wanted.keys.sorted().randomElement(using: &random)
            {
                wanted[victim] = nil
                computed[victim] = nil
                batcher.remove(victim)
            }
            guard let plan = batcher.plan() else { continue }
            check(plan, limits)
            for (span, member) in zip(plan.batch.spans, plan.members) {
                #expect(Array(plan.batch.tokens[span.rows]) == wanted[member.request]?[member.text])
                #expect(computed[member.request, default: []].insert(member.text).inserted)
            }
        }
        while let plan = batcher.plan() {
            for member in plan.members { computed[member.request, default: []].insert(member.text) }
        }
        #expect(!batcher.hasWork)
        for (request, texts) in wanted { #expect(computed[request] == Set(texts.indices)) }
    }

    private func check(_ plan: TextBatcher.Plan, _ limits: ExecutionLimits) {
        #expect(plan.batch.tokens.count <= limits.maximumRows)
        #expect((1...limits.maximumOutputs).contains(plan.members.count))
        #expect(plan.batch.spans.count == plan.members.count)
        for group in Self.policies.indices {
            var used: Set<BlockID> = []
            for span in plan.batch.spans {
                #expect(span.firstPosition == 0)
                switch span.caches[group] {
                case .blocks(let blocks):
                    #expect(blocks.count == (span.rows.count + 7) / 8)
                    for block in blocks {
                        #expect((0..<limits.blockCounts[group]).contains(Int(block)) && used.insert(block).inserted)
                    }
                case .state(let from, let to):
                    #expect(
                        from == nil && (0..<limits.blockCounts[group]).contains(Int(to)) && used.insert(to).inserted)
                }
            }
        }
    }

    @Test("a request of one text does not wait for the many of another")
    func turns() {
        var batcher = TextBatcher(limits: Self.limits(rows: 32, texts: 8), policies: Self.policies)
        batcher.add(1, (0..<100).map { Self.text(30, of: 1, $0) })
        _ = batcher.plan()
        batcher.add(2, [Self.text(30, of: 2, 0)])
        let requests = (0..<2).map { _ in batcher.plan()?.members.map(\.request) }
        #expect(requests.contains([2]))
    }

    @Test("a long text is not passed over for ever by short ones")
    func longTexts() {
        var batcher = TextBatcher(limits: Self.limits(rows: 32, texts: 8), policies: Self.policies)
        batcher.add(1, (0..<1000).map { Self.text(5, of: 1, $0) })
        batcher.add(2, [Self.text(32, of: 2, 0)])
        let requests = (0..<2).flatMap { _ in batcher.plan()?.members.map(\.request) ?? [] }
        #expect(requests.contains(2))
    }
}
