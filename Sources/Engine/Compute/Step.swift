import Tensors

/// What every kind of step says of itself. The steps are in `Steps/`, a file each, with the method of `ProgramBuilder` that
/// adds one.
package protocol Operation: Hashable, Sendable {
    /// Values that it reads.
    var inputs: [Value] { get }
    /// Values that it writes.
    var outputs: [Value] { get }
    /// Every weight that it reads.
    var weights: [Weight] { get }
    /// Those of them that it multiplies rows by, and that a device may keep in an order of its own.
    var matrices: [Weight] { get }
    /// A row of the result depends on nothing but the same row of the inputs: neither on its position nor on other rows.
    var isRowwise: Bool { get }
    /// The layers of the cache that it writes, and those that it reads what an earlier step wrote of.
    var written: [CacheLayer] { get }
    var read: [CacheLayer] { get }
    /// What it is summed up by in a profile.
    var kind: StepKind { get }
    func cost(of batch: Batch) -> StepCost
    /// What it does, in a listing.
    func text(_ names: ProgramNames) -> String
    /// The same step on other values.
    func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step
}

extension Operation {
    package var weights: [Weight] { [] }
    package var matrices: [Weight] { [] }
    package var isRowwise: Bool { true }
    package var written: [CacheLayer] { [] }
    package var read: [CacheLayer] { [] }
    package func cost(of batch: Batch) -> StepCost { StepCost() }
}

/// One operation of a program. Backends switch over this exhaustively: a new case does not compile until each handles it.
package enum Step: Hashable, Sendable {
    case embed(Embed)
    case normalize(Normalize)
    case linear(Linear)
    case headLinear(HeadLinear)
    case rotate(Rotate)
    case store(Store)
    case attend(Attend)
    case apply(Apply)
    case gate(Gate)
    case add(Add)
    case split(Split)
    case join(Join)
    case route(Route)
    case expertLinear(ExpertLinear)
    case sumExperts(SumExperts)
    case convolve(Convolve)
    case scan(Scan)
    case selectOutputs(SelectOutputs)
    case pool(Pool)

    package var operation: any Operation {
        switch self {
        case .embed(let step): step
        case .normalize(let step): step
        case .linear(let step): step
        case .headLinear(let step): step
        case .rotate(let step): step
        case .store(let step): step
        case .attend(let step): step
        case .apply(let step): step
        case .gate(let step): step
        case .add(let step): step
        case .split(let step): step
        case .join(let step): step
        case .route(let step): step
        case .expertLinear(let step): step
        case .sumExperts(let step): step
        case .convolve(let step): step
        case .scan(let step): step
        case .selectOutputs(let step): step
        case .pool(let step): step
        }
    }

    package var inputs: [Value] { operation.inputs }
    package var outputs: [Value] { operation.outputs }
    package var weights: [Weight] { operation.weights }
    package var kind: StepKind { operation.kind }
    package func cost(of batch: Batch) -> StepCost { operation.cost(of: batch) }
}

/// What steps are summed up by in a profile: what they do, to which weights of a layer, of which type.
package struct StepKind: Hashable, Sendable, CustomStringConvertible {
    /// The operation, such as `linear` or `attend`.
    package let operation: String
    /// The roles of the weights, such as `attn_q+attn_k+attn_v`; empty where there are none.
    package let weights: String
    /// The weights' types, such as `Q4_K+Q6_K`.
    package let types: String

    package init(operation: String, weights: [Weight] = []) {
        self.operation = operation
        var roles: [String] = []
        var types: [String] = []
        for weight in weights {
            if !roles.contains(weight.role) { roles.append(weight.role) }
            if !types.contains(weight.type.name) { types.append(weight.type.name) }
        }
        self.weights = roles.joined(separator: "+")
        self.types = types.joined(separator: "+")
    }

    package var description: String {
        operation + (weights.isEmpty ? "" : " \(weights)") + (types.isEmpty ? "" : " (\(types))")
    }
}

/// What a step must move and compute for a batch, however a backend does it.
package struct StepCost: Hashable, Sendable {
    /// Bytes of weights, each read once.
    package var weightBytes = 0
    /// Elements of keys, values and states in the cache that are read, each once for all rows of a sequence.
    package var cacheElements = 0
    package var multiplyAdds = 0

    package init() {}

    package static func + (first: StepCost, second: StepCost) -> StepCost {
        var sum = first
        sum.weightBytes += second.weightBytes
        sum.cacheElements += second.cacheElements
        sum.multiplyAdds += second.multiplyAdds
        return sum
    }

    mutating func addProduct(_ weight: Weight, rows: Int) {
        guard rows > 0 else { return }
        weightBytes += weight.byteCount
        multiplyAdds += rows * weight.shape.elementCount
    }
}

extension Program {
    /// The cost of all steps.
    package func cost(of batch: Batch) -> StepCost {
        steps.reduce(StepCost()) { $0 + $1.cost(of: batch) }
    }
}
