import CKernels
import Compute
import Tensors
import Workers

/// Turns a program into phases of compiled steps: weights become addresses, values become rows of slots. Steps take what they
/// need from here while they are made, and keep no reference to it.
final class StepCompiler {
    let workerCount: Int
    let limits: ExecutionLimits
    let weights: BoundWeights
    let memory: BufferMemory
    let cache: CacheMemory
    let attentionRecords: AttentionRecords

    /// What each compiled step was in the program, in the order of the phases; nil for those that the program lacks.
    private(set) var sources: [Step?] = []

    private let program: Program
    private let plan: ExecutionPlan
    private let kernels: KernelTable
    private var slots: [UnsafeMutablePointer<Float>] = []
    private var rotations: [Rotation: RotationTable] = [:]
    private var routings: [Value: RoutingMemory] = [:]
    private var activations: [ActivationKey: (base: UnsafeMutableRawPointer, bytes: Int)] = [:]

    /// Each step leaves at most one share open; a worker can have a few.
    private static let stepsOfPhase = Worker.openShares / 2

    private struct ActivationKey: Hashable {
        let lane: Int
        let kind: Int
    }

    init(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits, _ kernels: KernelTable,
        workers: Int, _ memory: BufferMemory
    ) throws(ComputeError) {
        self.program = program
        self.limits = limits
        self.kernels = kernels
        self.memory = memory
        workerCount = workers
        plan = ExecutionPlan(program)
        self.weights = BoundWeights(
            weights, kernels, memory, packed: limits.copiesWeights ? PackedWeights(program, kernels, memory) : nil)
        let layout = try CacheLayout(limits.cacheType, blockTokens: limits.blockTokens, kernels)
        cache = try CacheMemory(program, layout, limits, memory)
        attentionRecords = try AttentionRecords(program.attentions, layout, limits, memory)
        for slot in plan.slots {
            let purpose = "results of \(rowLimit(slot.rows)) rows"
            slots.append(try memory.floats(try slot.width.times(rowLimit(slot.rows), for: purpose), for: purpose))
        }
    }

    var operations: UnsafePointer<ck_operations> { kernels.operations }

    /// The most rows that a batch can have of `rows`.
    func rowLimit(_ rows: RowSet) -> Int {
        switch rows {
        case .tokens, .spans: limits.maximumRows
        case .outputs: min(limits.maximumOutputs, limits.maximumRows)
        }
    }

    func rows(_ value: Value) throws(ComputeError) -> Rows {
        guard let slot = plan.slotOfValue[value.id] else {
            throw .unsupported("the program reads a value that no step writes")
        }
        return Rows(base: slots[slot], width: value.width, set: value.rows)
    }

    func rows(_ values: [Value]) throws(ComputeError) -> [Rows] {
        var result: [Rows] = []
        for value in values { result.append(try rows(value)) }
        return result
    }

    func rows(_ value: Value?) throws(ComputeError) -> Rows? {
        guard let value else { return nil }
        return try rows(value) as Rows
    }

    /// Memory for rows of activations. Steps of one phase, which may run at the same time, have different lanes.
    func activationMemory(
        lane: Int, kind: Int, rows: RowSet, stride: Int
    ) throws(ComputeError) -> UnsafeMutableRawPointer {
        let bytes = try stride.times(rowLimit(rows), for: "activations")
        let key = ActivationKey(lane: lane, kind: kind)
        if let known = activations[key], known.bytes >= bytes { return known.base }
        let base = try memory.allocate(bytes, of: 1, for: "activations")
        activations[key] = (base, bytes)
        return base
    }

    func table(_ rotation: Rotation?) throws(ComputeError) -> RotationTable? {
        guard let rotation else { return nil }
        guard let table = rotations[rotation] else { throw .unsupported("the program rotates without a table") }
        return table
    }

    /// The memory of a choice of experts, made where the choice is.
    func makeMemory(of routing: Routing) throws(ComputeError) -> RoutingMemory {
        let memory = try RoutingMemory(routing.rule, rows: rowLimit(routing.value.rows), memory)
        routings[routing.value] = memory
        return memory
    }

    func memory(of routing: Routing) throws(ComputeError) -> RoutingMemory {
        guard let memory = routings[routing.value] else { throw .unsupported("the program has experts but no router") }
        return memory
    }

    func target(_ outputs: LinearOutputs) throws(ComputeError) -> ProductTarget {
        switch outputs {
        case .separate(let values): .separate(try rows(values))
        case .applied(let function, let value): .applied(ElementKernel(function, operations), try rows(value))
        case .gated(let function, let value): .gated(GateKernel(function, operations), try rows(value))
        }
    }

    func normalization(_ normalization: Normalization?) throws(ComputeError) -> NormalizationKernel? {
        guard let normalization else { return nil }
        return NormalizationKernel(
            normalization, operations, weight: try weights.vector(normalization.weight),
            bias: try weights.vector(normalization.bias))
    }

    /// The kernel for one of the groups, which are normalized alike.
    func groupNormalization(_ normalization: Normalization?) throws(ComputeError) -> NormalizationKernel? {
        guard let normalization else { return nil }
        return try self.normalization(
            Normalization(
                normalization.kind, weight: normalization.weight, bias: normalization.bias,
                epsilon: normalization.epsilon))
    }

    func compile() throws(ComputeError) -> [[any CompiledStep]] {
        var phases: [[any CompiledStep]] = []
        var current: [any CompiledStep] = []
        func endPhase() {
            if !current.isEmpty { phases.append(current) }
            current = []
        }
        func add(
            _ source: Step?, _ make: (_ lane: Int) throws(ComputeError) -> any CompiledStep
        ) throws(ComputeError) {
            if current.count == Self.stepsOfPhase { endPhase() }
            sources.append(source)
            current.append(try make(current.count))
        }
        for rotation in program.rotations {
            let table = try RotationTable(rotation, operations, limits, memory)
            rotations[rotation] = table
            try add(nil) { _ in FillRotationStep(table: table) }
        }
        // A part of a program may begin with a step that reads the tables.
        if let first = plan.phases.first, program.steps[first].contains(where: { !$0.rotations.isEmpty }) { endPhase() }
        for phase in plan.phases {
            for step in program.steps[phase] {
                try add(step) { (lane) throws(ComputeError) in try compile(step, lane) }
            }
            endPhase()
        }
        return phases
    }

    private func compile(_ step: Step, _ lane: Int) throws(ComputeError) -> any CompiledStep {
        switch step {
        case .embed(let step): try EmbedStep(step, self)
        case .normalize(let step): try NormalizeStep(step, self)
        case .linear(let step): try LinearStep(step, lane: lane, self)
        case .headLinear(let step): try HeadLinearStep(step, lane: lane, self)
        case .rotate(let step): try RotateStep(step, self)
        case .store(let step): try StoreStep(step, self)
        case .attend(let step): try AttendStep(step, self)
        case .apply(let step): try ApplyStep(step, self)
        case .gate(let step): try GateStep(step, self)
        case .add(let step): try AddStep(step, self)
        case .split(let step): try SplitStep(step, self)
        case .join(let step): try JoinStep(step, self)
        case .route(let step): try RouteStep(step, self)
        case .expertLinear(let step): try ExpertLinearStep(step, lane: lane, self)
        case .sumExperts(let step): try SumExpertsStep(step, self)
        case .convolve(let step): try ConvolveStep(step, self)
        case .scan(let step): try ScanStep(step, self)
        case .selectOutputs(let step): try SelectOutputsStep(step, self)
        case .pool(let step): try PoolStep(step, self)
        }
    }
}

extension Program {
    fileprivate var attentions: [Attend] {
        steps.compactMap { step in
            guard case .attend(let attend) = step else { return nil }
            return attend
        }
    }
}
