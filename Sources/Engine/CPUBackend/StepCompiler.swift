import CKernels
import Compute
import Tensors

/// Turns a program into phases of compiled steps: weights become addresses, values become rows of slots.
final class StepCompiler {
    let workerCount: Int
    /// The mappings that the weights lie in.
    private(set) var weightOwners: [any AnyObject & Sendable] = []
    /// Copies of matrices, to be filled when all steps are compiled; nil where they are used as they are.
    let packedWeights: PackedWeights?
    /// Tokens below this have an embedding.
    private(set) var embeddedTokens = 0

    /// What each compiled step was in the program, in the order of the phases; nil for those that the program lacks.
    private(set) var sources: [Step?] = []

    private let program: Program
    private let plan: ExecutionPlan
    private let weights: any WeightSource
    private let limits: ExecutionLimits
    private let kernels: KernelTable
    private let memory: BufferMemory
    private let cache: CacheMemory
    private let attentionRecords: AttentionRecords
    private var slots: [UnsafeMutablePointer<Float>] = []
    private var rotations: [Rotation: RotationTable] = [:]
    private var routings: [Value: RoutingMemory] = [:]
    private var activations: [ActivationKey: (base: UnsafeMutableRawPointer, bytes: Int)] = [:]

    /// Each step leaves at most one share open; a worker can have a few.
    private static let stepsOfPhase = SharedWork.ringCount / 2

    private struct ActivationKey: Hashable {
        let lane: Int
        let kind: Int
    }

    init(
        _ program: Program, _ weights: any WeightSource, _ limits: ExecutionLimits, _ kernels: KernelTable,
        workers: Int, _ memory: BufferMemory
    ) throws(ComputeError) {
        self.program = program
        self.weights = weights
        self.limits = limits
        self.kernels = kernels
        self.memory = memory
        workerCount = workers
        plan = ExecutionPlan(program)
        packedWeights = limits.packsWeights ? PackedWeights(program, kernels, memory) : nil
        let layout = try CacheLayout(limits.cacheType, blockTokens: limits.blockTokens, kernels)
        cache = try CacheMemory(program, layout, limits, memory)
        attentionRecords = try AttentionRecords(program.cacheLayers, layout, limits, memory)
        for slot in plan.slots {
            let purpose = "results of \(rowLimit(slot.rows)) rows"
            slots.append(try memory.floats(try slot.width.times(rowLimit(slot.rows), for: purpose), for: purpose))
        }
    }

    private var operations: ck_operations { kernels.operations }

    /// The most rows that a batch can have of `rows`.
    func rowLimit(_ rows: RowSet) -> Int {
        switch rows {
        case .tokens: limits.maximumRows
        case .outputs: min(limits.maximumOutputs, limits.maximumRows)
        }
    }

    func rows(_ value: Value) throws(ComputeError) -> Rows {
        guard let slot = plan.slotOfValue[value.id] else {
            throw .unsupported("the program reads a value that no step writes")
        }
        return Rows(base: slots[slot], width: value.width, set: value.rows)
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
        case .embed(let weight, let into):
            embeddedTokens = weight.shape.rowCount
            return EmbedStep(
                format: try kernels.format(of: weight), table: try address(weight), stride: try rowBytes(weight),
                output: try rows(into))
        case .normalize(let input, let normalization, let into):
            return NormalizeStep(
                normalize: try kernel(normalization), input: try rows(input), output: try rows(into))
        case .linear(let linear):
            return try compile(linear, lane)
        case .rotate(let input, let rotation, let heads, let into):
            return RotateStep(
                table: try table(rotation), heads: heads, input: try rows(input), output: try rows(into))
        case .attend(let attention):
            let rotation: RotationTable? = if let rotation = attention.rotation { try table(rotation) } else { nil }
            return AttendStep(
                query: try rows(attention.query), key: try rows(attention.key), value: try rows(attention.value),
                output: try rows(attention.output), layer: attention.layer,
                cache: cache.layers[attention.layer.index], rotation: rotation, records: attentionRecords,
                limits: limits)
        case .gate(let first, let second, let activation, let into):
            return ElementwiseStep(
                kernel: kernel(activation), first: try rows(first), second: try rows(second), output: try rows(into))
        case .add(let first, let second, let into):
            return ElementwiseStep(
                kernel: operations.add, first: try rows(first), second: try rows(second), output: try rows(into))
        case .route(let input, let weight, let routing):
            let memory = try RoutingMemory(routing.rule, rows: rowLimit(input.rows), memory)
            routings[routing.value] = memory
            return RouteStep(
                input: try rows(input), product: try product(weight, bias: nil), routing: memory)
        case .expertLinear(let linear):
            return try compile(linear, lane)
        case .sumExperts(let sum):
            let residual: Rows? = if let residual = sum.residual { try rows(residual) } else { nil }
            return SumExpertsStep(
                input: try rows(sum.input), routing: try memory(of: sum.routing), residual: residual,
                output: try rows(sum.output))
        case .selectOutputs(let input, let into):
            return SelectOutputsStep(input: try rows(input), output: try rows(into))
        }
    }

    private func compile(_ linear: Linear, _ lane: Int) throws(ComputeError) -> any CompiledStep {
        var products: [MatrixProduct] = []
        for projection in linear.projections {
            products.append(try product(projection.weight, bias: projection.bias))
        }
        let normalize: NormalizationKernel? =
            if let normalization = linear.normalization { try kernel(normalization) } else { nil }
        let residual: Rows? = if let residual = linear.residual { try rows(residual) } else { nil }
        let stage = try ActivationStage(try rows(linear.input), normalize, &products, lane: lane, self)
        return LinearStep(
            stage, products, try target(linear.outputs), residual: residual, operations: operations, self)
    }

    private func compile(_ linear: ExpertLinear, _ lane: Int) throws(ComputeError) -> any CompiledStep {
        var products: [MatrixProduct] = []
        for weight in linear.weights { products.append(try product(weight, bias: nil)) }
        return try ExpertLinearStep(
            try rows(linear.input), isPerExpert: linear.inputIsPerExpert, try memory(of: linear.routing), products,
            try target(linear.outputs), lane: lane, self)
    }

    private func target(_ outputs: LinearOutputs) throws(ComputeError) -> LinearStep.Target {
        switch outputs {
        case .separate(let values):
            var targets: [Rows] = []
            for value in values { targets.append(try rows(value)) }
            return .separate(targets)
        case .gated(let activation, let value):
            return .gated(kernel(activation), try rows(value))
        }
    }

    private func kernel(_ activation: Activation) -> PairKernel {
        switch activation {
        case .silu: operations.silu_multiply
        }
    }

    private func kernel(_ normalization: Normalization) throws(ComputeError) -> NormalizationKernel {
        NormalizationKernel(
            operations: operations, weight: try vector(normalization.weight), epsilon: normalization.epsilon)
    }

    private func table(_ rotation: Rotation) throws(ComputeError) -> RotationTable {
        guard let table = rotations[rotation] else { throw .unsupported("the program rotates without a table") }
        return table
    }

    private func memory(of routing: Routing) throws(ComputeError) -> RoutingMemory {
        guard let memory = routings[routing.value] else { throw .unsupported("the program has experts but no router") }
        return memory
    }

    /// A matrix, or the first of the matrices of a tensor of three dimensions.
    private func product(_ weight: Weight, bias: Weight?) throws(ComputeError) -> MatrixProduct {
        guard weight.shape.dimensions.count >= 2 else {
            throw .wrongShape(weight: weight.name, expected: "a matrix", found: weight.shape.description)
        }
        let biasValues: UnsafePointer<Float>? = if let bias { try vector(bias) } else { nil }
        let packed = packedWeights?.place(weight, try tensor(weight))
        let base = if let packed { packed } else { try address(weight) }
        return MatrixProduct(
            format: try kernels.format(of: weight), tuning: kernels.tuning, weights: base, isPacked: packed != nil,
            stride: try rowBytes(weight), inputWidth: weight.shape.dimensions[0],
            outputWidth: weight.shape.dimensions[1], bias: biasValues, operations: operations)
    }

    /// The elements of a small weight in f32.
    private func vector(_ weight: Weight) throws(ComputeError) -> UnsafePointer<Float> {
        let format = try kernels.format(of: weight)
        let values = try memory.floats(weight.shape.elementCount, for: weight.name)
        format.pointee.dequantize(weight.shape.elementCount, try address(weight), values)
        return UnsafePointer(values)
    }

    private func rowBytes(_ weight: Weight) throws(ComputeError) -> Int {
        guard let bytes = weight.type.byteCount(ofElements: weight.shape.rowLength) else {
            throw .wrongShape(
                weight: weight.name, expected: "rows of a multiple of \(weight.type.blockSize)",
                found: weight.shape.description)
        }
        return bytes
    }

    private func address(_ weight: Weight) throws(ComputeError) -> UnsafeRawPointer {
        guard let base = try tensor(weight).bytes.baseAddress else { throw .missingWeight(name: weight.name) }
        return base
    }

    /// The bytes of `weight`, some, and checked to be what the program says they are.
    private func tensor(_ weight: Weight) throws(ComputeError) -> TensorView {
        guard let tensor = weights.tensor(named: weight.name) else { throw .missingWeight(name: weight.name) }
        guard tensor.type == weight.type, tensor.shape == weight.shape, tensor.bytes.baseAddress != nil,
            tensor.bytes.count == weight.type.byteCount(ofElements: weight.shape.elementCount)
        else {
            throw .wrongShape(
                weight: weight.name, expected: "\(weight.shape) of \(weight.type.name)",
                found: "\(tensor.shape) of \(tensor.type.name) in \(tensor.bytes.count) bytes")
        }
        if !weightOwners.contains(where: { $0 === tensor.owner }) { weightOwners.append(tensor.owner) }
        return tensor
    }
}

extension Program {
    /// Every rotation that a step uses, once.
    fileprivate var rotations: [Rotation] {
        var result: [Rotation] = []
        for step in steps {
            let rotation: Rotation? =
                switch step {
                case .rotate(_, let rotation, _, _): rotation
                case .attend(let attention): attention.rotation
                default: nil
                }
            if let rotation, !result.contains(rotation) { result.append(rotation) }
        }
        return result
    }
}
