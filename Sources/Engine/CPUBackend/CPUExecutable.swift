import Compute
import Tensors
import Workers

/// A program bound to mapped weights, to buffers made once, and to a pool of workers.
final class CPUExecutable: Executable {
    let limits: ExecutionLimits
    let cachePolicies: [CachePolicy]
    let copyBytes: Int

    private let phases: [[any CompiledStep]]
    private let inputs: [Rows]
    private let outputs: [Rows]
    private let check: BatchCheck
    private let pool: WorkerPool
    private let profiling: Profiling?
    private var batch: BoundBatch
    private var blocks = BoundBlocks()
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
        try Self.check(limits, for: program)
        let memory = BufferMemory()
        let compiler = try StepCompiler(program, weights, limits, kernels, workers: pool.workerCount, memory)
        phases = try compiler.compile()
        inputs = try compiler.rows(program.inputs)
        outputs = try compiler.rows(program.outputs)
        weightOwners = compiler.weights.owners
        pagedWeights = weightOwners.compactMap { $0 as? any PagedMemory }
        profiling = profile.map { Profiling($0, compiler.sources, workers: pool.workerCount) }
        batch = try BoundBatch(program, limits, memory)
        scratch = try Scratch(for: phases, workers: pool.workerCount, memory)
        check = BatchCheck(program, limits)
        cachePolicies = program.cacheGroups.map(\.policy)
        self.limits = limits
        self.memory = memory
        self.pool = pool
        // Last, for it takes by far the most time.
        copyBytes = compiler.weights.packed?.fill(pool) ?? 0
        try checkWeights()
    }

    private func checkWeights() throws(ComputeError) {
        guard pagedWeights.allSatisfy(\.isIntact) else { throw .weightsLost }
    }

    var outputWidth: Int { outputs[0].width }
    var outputCount: Int { batch.count(outputs[0].set) }

    func run(_ batch: Batch) throws(ComputeError) {
        try check.check(batch)
        guard !batch.tokens.isEmpty else {
            self.batch.outputCount = 0
            self.batch.spanCount = 0
            return
        }
        for (rows, values) in zip(inputs, batch.inputs) {
            values.withUnsafeBufferPointer { values in
                if let base = values.baseAddress { rows.base.update(from: base, count: values.count) }
            }
        }
        (batch.embeddings?.values ?? []).withUnsafeBufferPointer { embeddings in
            blocks.withPointers(batch, blockTokens: limits.blockTokens) { caches in
                let given = batch.embeddings == nil ? nil : embeddings.baseAddress
                self.batch.bind(batch, groups: cachePolicies.count, caches, given)
                if let profiling { runProfiled(batch, profiling) } else { runSteps() }
            }
        }
        try checkWeights()
    }

    private func runSteps() {
        let (phases, scratch, batch) = (phases, scratch, batch)
        pool.run { worker in
            let context = StepContext(worker: worker, batch: batch, scratch: scratch[worker])
            for phase in phases {
                for step in phase { step.perform(context) }
                worker.waitForShares()
            }
        }
    }

    /// The same, with the clock read after each step.
    private func runProfiled(_ source: Batch, _ profiling: Profiling) {
        let (phases, scratch, batch) = (phases, scratch, batch)
        profiling.run(source, pool) { worker, laps in
            let context = StepContext(worker: worker, batch: batch, scratch: scratch[worker])
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

    func withOutputs(tasks: Int, _ body: @Sendable (Int, OutputRows) -> Void) {
        let rows = OutputRows(outputs[0].base, width: outputs[0].width, count: outputCount)
        @Sendable func share(_ worker: Worker) {
            worker.share(tasks) { task in body(task, rows) }
        }
        if let profiling { profiling.sample(pool, share) } else { pool.run(share) }
    }

    func output(_ index: Int) -> [Float] {
        let rows = outputs[index]
        return Array(UnsafeBufferPointer(start: rows.base, count: batch.count(rows.set) * rows.width))
    }

    private static func check(_ limits: ExecutionLimits, for program: Program) throws(ComputeError) {
        let largest = 1 << 30
        let counts =
            [limits.maximumRows, limits.maximumOutputs, limits.blockTokens, limits.contextLength] + limits.blockCounts
        guard counts.allSatisfy({ $0 > 0 && $0 <= largest }), limits.maximumRows <= 1 << 16,
            limits.blockCounts.count == program.cacheGroups.count
        else {
            throw .unsupported(
                "an executable of \(program.cacheGroups.count) cache groups cannot be made for \(limits)")
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
