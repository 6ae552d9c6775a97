import Architectures
import CPUBackend
import Compute
import ModelTestSupport
import Tensors
import Testing
import Workers

@Suite("What steps cost")
struct StepCostTests {
    private func batch(_ spans: [(rows: Int, firstPosition: Int)], outputs: Int) -> Batch {
        var batch = Batch()
        for span in spans {
            let first = batch.tokens.count
            batch.tokens += [TokenID](repeating: 1, count: span.rows)
            batch.spans.append(
                .init(rows: first..<first + span.rows, firstPosition: span.firstPosition, blocks: [0, 1, 2, 3]))
        }
        batch.outputRows = Array(0..<outputs)
        return batch
    }

    @Test("a token of a dense model reads every weight once, and one row of the embedding")
    func denseToken() throws {
        let model = RandomModel()
        let weights = try model.weights(seed: 1)
        let cost = try model.program(weights).cost(of: batch([(1, 0)], outputs: 1))
        let embedding = try #require(weights.tensors["token_embd.weight"])
        let all = weights.tensors.values.reduce(0) { $0 + $1.bytes.count }
        let row = embedding.bytes.count / embedding.shape.rowCount
        #expect(cost.weightBytes == all - embedding.bytes.count + row)
    }

    @Test("a tied embedding is read as a whole for the logits, and one row of it for the token")
    func tiedToken() throws {
        let model = RandomModel(isTied: true)
        let weights = try model.weights(seed: 1)
        let cost = try model.program(weights).cost(of: batch([(1, 0)], outputs: 1))
        let embedding = try #require(weights.tensor(named: "token_embd.weight"))
        let all = weights.tensors.values.reduce(0) { $0 + $1.bytes.count }
        #expect(cost.weightBytes == all + embedding.bytes.count / embedding.shape.rowCount)
    }

    @Test("a token reads the experts that it is sent to, a long prompt all of them")
    func experts() throws {
        let model = RandomModel(layers: 1, experts: 8, usedExperts: 2)
        let weights = try model.weights(seed: 1)
        let steps = try model.program(weights).steps.filter { if case .expertLinear = $0 { true } else { false } }
        let all = weights.tensors.filter { $0.key.contains("_exps") }.values.reduce(0) { $0 + $1.bytes.count }
        func bytes(rows: Int) -> Int {
            steps.reduce(0) { $0 + $1.cost(of: batch([(rows, 0)], outputs: rows)).weightBytes }
        }
        #expect(abs(bytes(rows: 1) - all / 4) <= steps.count * 3)
        #expect(bytes(rows: 2) > all / 4 && bytes(rows: 2) < all / 2)
        #expect(bytes(rows: 60) > all * 99 / 100 && bytes(rows: 60) <= all)
    }

    @Test("attention reads each sequence's positions once and computes what each row sees")
    func attention() throws {
        func cost(_ mask: Mask) throws -> StepCost {
            var b = ProgramBuilder()
            let rows = try b.embed(Weight(name: "rows", type: .f32, shape: try #require(TensorShape([32, 4]))))
            let keys = try b.split(rows, [16, 16])
            let layer = try b.store(key: keys[0], value: keys[1], heads: 2, policy: mask.policy)
            let attended = try b.attend(rows, layer, heads: 4, scale: 1, mask: mask)
            let program = try b.finish(.embeddings, b.selectOutputs(attended))
            let step = try #require(program.steps.first { $0.kind.operation == "attend" })
            return step.cost(of: batch([(3, 10), (1, 0)], outputs: 1))
        }
        #expect(try cost(.causal).cacheElements == 2 * 2 * 8 * (13 + 1))
        #expect(try cost(.causal).multiplyAdds == 2 * 4 * 8 * (11 + 12 + 13 + 1))
        #expect(try cost(.window(5)).cacheElements == 2 * 2 * 8 * (7 + 1))
        #expect(try cost(.window(5)).multiplyAdds == 2 * 4 * 8 * (5 + 5 + 5 + 1))
        #expect(try cost(.chunk(4)).multiplyAdds == 2 * 4 * 8 * (3 + 4 + 1 + 1))
        #expect(try cost(.full).multiplyAdds == 2 * 4 * 8 * (13 + 13 + 13 + 1))
    }
}

@Suite("A profile of an executable")
struct ProfileTests {
    private let limits = ExecutionLimits(
        maximumRows: 64, maximumOutputs: 4, blockCount: 8, blockTokens: 16, contextLength: 128)

    @Test("tells each kind of step, and changes no logit", arguments: [1, 3])
    func kinds(workers: Int) throws {
        let model = RandomModel()
        let weights = try model.weights(seed: 1)
        let program = try model.program(weights)
        let profile = ExecutionProfile()
        let pool = WorkerPool(workerCount: workers)
        let plain = try CPUBackend(pool: pool).compile(program, weights, limits)
        let profiled = try CPUBackend(pool: pool, profile: profile).compile(program, weights, limits)
        let tokens: [TokenID] = [3, 1, 4, 1, 5, 9, 2, 6]
        let batch = Batch(
            tokens: tokens, spans: [.init(rows: tokens.indices, firstPosition: 0, blocks: [0])],
            outputRows: [tokens.count - 1])
        for _ in 0..<3 {
            try plain.run(batch)
            try profiled.run(batch)
            #expect(plain.outputRows() == profiled.outputRows())
        }
        let totals = profile.take()
        #expect(totals.batches == 3)
        #expect(totals.workers == workers)
        let names = Set(totals.entries.map(\.kind.operation))
        #expect(names.isSuperset(of: ["embed", "linear", "attend", "sample", "fill rotation tables"]))
        let roles = totals.entries.map(\.kind.weights)
        #expect(roles.contains("ffn_gate+ffn_up") && roles.contains("ffn_down"))
        let sum: StepCost = totals.entries.reduce(StepCost()) { $0 + $1.cost }
        let one = program.cost(of: batch)
        #expect(sum == one + one + one)
    }

    @Test("accounts for all of the workers' time, and starts anew when it is taken")
    func times() throws {
        let model = RandomModel()
        let weights = try model.weights(seed: 1)
        let profile = ExecutionProfile()
        let backend = CPUBackend(pool: WorkerPool(workerCount: 2), profile: profile)
        let executable = try backend.compile(try model.program(weights), weights, limits)
        let tokens = [TokenID](repeating: 7, count: 48)
        try executable.run(
            Batch(tokens: tokens, spans: [.init(rows: tokens.indices, firstPosition: 0, blocks: [0, 1, 2])]))
        let totals = profile.take()
        #expect(totals.wallTime > .zero && totals.waitTime >= .zero && totals.absentTime >= .zero)
        #expect(totals.entries.allSatisfy { $0.workerTime >= .zero })
        #expect(totals.entries.contains { $0.kind.operation == "linear" && $0.workerTime > .zero })
        #expect(profile.take().batches == 0)
    }
}

@Suite("The reading loop")
struct ReadingLoopTests {
    @Test("reads at some rate, on any number of workers", arguments: [1, 2])
    func rate(workers: Int) throws {
        let loop = try ReadingLoop(byteCount: 3 << 20, pool: WorkerPool(workerCount: workers))
        #expect(loop.bytesPerSecond(passes: 2) > 0)
    }
}
