/// A rewriting of programs that keeps their results. The list is the order in which they are applied.
package enum ProgramPass: String, CaseIterable, Sendable {
    case hoistOutputs, mergeLinears, fuseGate, fuseNormalization, fuseAttention, fuseResidual

    package func apply(to program: Program) -> Program {
        switch self {
        case .hoistOutputs: Compute.hoistOutputs(program)
        case .mergeLinears: Compute.mergeLinears(program)
        case .fuseGate: Compute.fuseGate(program)
        case .fuseNormalization: Compute.fuseNormalization(program)
        case .fuseAttention: Compute.fuseAttention(program)
        case .fuseResidual: Compute.fuseResidual(program)
        }
    }
}

extension Program {
    package func applying(_ passes: [ProgramPass] = ProgramPass.allCases) -> Program {
        passes.reduce(self) { program, pass in pass.apply(to: program) }
    }

    /// The same program with other steps; nil stands for one that another step does now.
    func replacing(_ steps: [Step?]) -> Program {
        var result = self
        result.steps = steps.compactMap { $0 }
        return result
    }
}

/// Which steps write and read each value, by the value's id.
struct ProgramUses {
    private(set) var producer: [Int?]
    private(set) var consumers: [[Int]]
    private let results: Set<Value>
    private let inputs: Set<Value>

    init(_ program: Program) {
        producer = Array(repeating: nil, count: program.valueCount)
        consumers = Array(repeating: [], count: program.valueCount)
        for (index, step) in program.steps.enumerated() {
            for output in step.outputs { producer[output.id] = index }
            for input in step.inputs { consumers[input.id].append(index) }
        }
        results = Set(program.outputs)
        inputs = Set(program.inputs)
    }

    /// The step that writes `value`, where one step alone reads it.
    func onlyProducer(of value: Value) -> Int? {
        consumers[value.id].count == 1 && !results.contains(value) ? producer[value.id] : nil
    }

    /// Whether `value` is there when step `index` runs.
    func isWritten(_ value: Value, before index: Int) -> Bool {
        inputs.contains(value) || producer[value.id].map { $0 < index } == true
    }
}
