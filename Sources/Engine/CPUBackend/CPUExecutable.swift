import Compute
import Tensors

/// A program bound to mapped weights, to buffers made once, and to a pool of workers.
final class CPUExecutable: Executable {
    let limits: ExecutionLimits
    let vocabularySize: Int
    let packedBytes: Int

    private let phases: [[any CompiledStep]]
    private let logits: Rows
    private let check: BatchCheck
    private let pool: WorkerPool
    private let profiling: Profiling?
    private var batch: BoundBatch
    /// Block ids of all spans of the batch; grows to the most that were needed.
    private var blocks: [BlockID] = []
    private let scratch: Scratch
    private let memory: BufferMemory
    /// What keeps the weights mapped.
    private let weightOwners: [any AnyObject & Sendable]
    /// Those of them whose pages come from a file.
    private let pagedWeights: [any PagedMemory]

    init(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits, _ kernels: KernelTable,
        _ pool: WorkerPool, _ profile: ExecutionProfile? = nil
    ) throws(ComputeError) {
        try Self.check(limits)
        let memory = BufferMemory()
        let compiler = try StepCompiler(program, weights, limits, kernels, workers: pool.workerCount, memory)
        phases = try compiler.compile()
        logits = try compiler.rows(program.logits)
        weightOwners = compiler.weightOwners
        pagedWeights = weightOwners.compactMap { $0 as? any PagedMemory }
        profiling = profile.map { Profiling($0, compiler.sources, workers: pool.workerCount) }
        batch = try BoundBatch(limits, memory)
        scratch = try Scratch(for: phases, workers: pool.workerCount, memory)
        check = BatchCheck(limits: limits, vocabularySize: compiler.embeddedTokens)
        vocabularySize = program.vocabularySize
        self.limits = limits
        self.memory = memory
        self.pool = pool
        // Last, for it takes by far the most time.
        packedBytes = compiler.packedWeights?.fill(pool) ?? 0
        try checkWeights()
    }

    private func checkWeights() throws(ComputeError) {
        guard pagedWeights.allSatisfy(\.isIntact) else { throw .weightsLost }
    }

    func run(_ batch: Batch) throws(ComputeError) {
        let blockCount = try check.check(batch)
        blocks.removeAll(keepingCapacity: true)
        blocks.reserveCapacity(blockCount)
        for span in batch.spans {
            let needed = (span.firstPosition + span.rows.count).dividedRoundingUp(by: limits.blockTokens)
            blocks.append(contentsOf: span.blocks.prefix(needed))
        }
        blocks.withUnsafeBufferPointer { blocks in
            guard let base = blocks.baseAddress, !batch.tokens.isEmpty else {
                self.batch.outputCount = 0
                return
            }
            self.batch.bind(batch, limits, blocks: base)
            let bound = self.batch
            if let profiling { return runProfiled(batch, bound, profiling) }
            let (phases, scratch) = (phases, scratch)
            pool.run { worker in
                let context = StepContext(worker: worker, batch: bound, scratch: scratch[worker])
                for phase in phases {
                    for step in phase { step.perform(context) }
                    worker.waitForShares()
                }
            }
        }
        try checkWeights()
    }

    var outputCount: Int { batch.outputCount }

    func withOutputs(tasks: Int, _ body: @Sendable (Int, OutputLogits) -> Void) {
        let outputs = OutputLogits(logits.base, vocabularySize: logits.width, count: batch.outputCount)
        @Sendable func share(_ worker: Worker) {
            worker.share(tasks) { task in body(task, outputs) }
        }
        if let profiling { profiling.sample(pool, share) } else { pool.run(share) }
    }

    /// The same as `run`, with the clock read after each step.
    private func runProfiled(_ batch: Batch, _ bound: BoundBatch, _ profiling: Profiling) {
        let (phases, scratch) = (phases, scratch)
        profiling.run(batch, pool) { worker, laps in
            let context = StepContext(worker: worker, batch: bound, scratch: scratch[worker])
            var index = 0
            for phase in phases {
                for step in phase {
                    step.perform(context)
                    laps.end(index)
                    index += 1
                }
                worker.waitForShares()
                laps.end(profiling.waitIndex)
            }
        }
    }

    private static func check(_ limits: ExecutionLimits) throws(ComputeError) {
        let largest = 1 << 30
        let counts = [
            limits.maximumRows, limits.maximumOutputs, limits.blockCount, limits.blockTokens, limits.contextLength,
        ]
        guard counts.allSatisfy({ $0 > 0 && $0 <= largest }), limits.maximumRows <= 1 << 16 else {
            throw .unsupported("an executable cannot be made for \(limits)")
        }
    }
}

/// Memory of each worker's own, enough for any step.
private struct Scratch: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let stride: Int

    init(for phases: [[any CompiledStep]], workers: Int, _ memory: BufferMemory) throws(ComputeError) {
        stride = phases.joined().reduce(64) { max($0, $1.scratchBytes.roundedUpToCacheLine) }
        base = try memory.allocate(workers, of: stride, for: "the workers' scratch")
    }

    subscript(worker: Worker) -> UnsafeMutableRawPointer { base + worker.index * stride }
}
