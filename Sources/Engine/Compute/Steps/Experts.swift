package import Tensors

/// The matrices of all experts, of one type and shape.
package struct ExpertMatrices: Hashable, Sendable {
    /// One tensor of shape [input, output, experts], or one of shape [input, output] for each expert.
    package let tensors: [Weight]
    /// [output, experts].
    package let bias: Weight?

    package init(_ tensors: [Weight], bias: Weight? = nil) {
        self.tensors = tensors
        self.bias = bias
    }

    package var type: QuantizationType { tensors[0].type }
    package var inputWidth: Int { tensors[0].shape.dimensions[0] }
    package var outputWidth: Int { tensors[0].shape.dimensions[1] }
    /// All of their elements, and bytes.
    fileprivate var elementCount: Int { tensors.reduce(0) { $0 + $1.shape.elementCount } }
    fileprivate var byteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }

    /// Some of the outputs of each expert.
    package func rows(_ range: Range<Int>) throws(ComputeError) -> ExpertMatrices {
        guard bias == nil else { throw .unsupported("cannot take a part of experts with biases") }
        var parts: [Weight] = []
        for tensor in tensors { parts.append(try tensor.rows(range)) }
        return ExpertMatrices(parts)
    }
}

/// Products with the chosen experts' matrices.
///
/// Values between expert steps hold `usedCount` parts a row, in an order that is the backend's own.
package struct ExpertLinear: Operation {
    /// Rows × input width, or rows × (used experts × input width).
    package var input: Value
    /// The input has a part for each chosen expert; otherwise all experts share the row.
    package let inputIsPerExpert: Bool
    package var routing: Routing
    /// Of one type.
    package var experts: [ExpertMatrices]
    /// Rows × (used experts × output width).
    package var outputValues: LinearOutputs

    package var inputs: [Value] { [input, routing.value] }
    package var outputs: [Value] { outputValues.values }
    package var weights: [Weight] { experts.flatMap { $0.tensors + ($0.bias.map { [$0] } ?? []) } }
    package var matrices: [Weight] { experts.flatMap(\.tensors) }
    package var kind: StepKind { StepKind(operation: "experts", weights: experts.map { $0.tensors[0] }) }

    /// One row reads its own experts; of the choices of many rows, as many are different as of random ones.
    package func cost(of batch: Batch) -> StepCost {
        let rows = batch.count(input.rows)
        let rule = routing.rule
        let share = Double(rule.usedCount) / Double(max(1, rule.expertCount))
        var untouched = 1.0
        for _ in 0..<rows { untouched *= 1 - share }
        var cost = StepCost()
        for matrices in experts {
            cost.weightBytes += Int(Double(matrices.byteCount) * (1 - untouched))
            cost.multiplyAdds += rows * rule.usedCount * (matrices.elementCount / max(1, rule.expertCount))
        }
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        let matrices = experts.map { matrices in
            names[matrices.tensors[0]] + (matrices.tensors.count > 1 ? "…" : "")
                + (matrices.bias == nil ? "" : " + bias")
        }
        return "expert_linear \(names[input]) by \(names[routing.value]), " + outputValues.text(matrices)
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.input = input(self.input)
        step.routing.value = input(routing.value)
        step.outputValues = outputValues.mapping(output)
        return .expertLinear(step)
    }
}

/// The sum of the experts' parts, each times its share.
package struct SumExperts: Operation {
    /// Rows × (used experts × width).
    package var input: Value
    package var routing: Routing
    /// Added to the sum.
    package var residual: Value?
    /// Rows × width.
    package var output: Value

    package var inputs: [Value] { [input, routing.value] + (residual.map { [$0] } ?? []) }
    package var outputs: [Value] { [output] }
    package var kind: StepKind { StepKind(operation: "sum experts") }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        cost.multiplyAdds = batch.count(output.rows) * output.width * routing.rule.usedCount
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        "sum_experts \(names[input]) by \(names[routing.value])" + names.text(residual: residual)
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.input = input(self.input)
        step.routing.value = input(routing.value)
        step.residual = residual.map(input)
        step.output = output(self.output)
        return .sumExperts(step)
    }
}

extension ProgramBuilder {
    /// - Parameter isPerExpert: the input comes from another expert step.
    package mutating func expertLinear(
        _ input: Value, isPerExpert: Bool, _ routing: Routing, _ experts: ExpertMatrices
    ) throws(ComputeError) -> Value {
        let rule = routing.rule
        let inputWidth = isPerExpert ? input.width / rule.usedCount : input.width
        guard let first = experts.tensors.first, first.shape.dimensions.count >= 2 else {
            throw .unsupported("experts without matrices are not supported")
        }
        let outputWidth = experts.outputWidth
        if experts.tensors.count == 1 {
            try check(first, is: [inputWidth, outputWidth, rule.expertCount])
        } else {
            guard experts.tensors.count == rule.expertCount else {
                throw .missingWeight(name: "\(first.name) of \(rule.expertCount) experts")
            }
            for tensor in experts.tensors {
                try check(tensor, is: [inputWidth, outputWidth])
                guard tensor.type == first.type else {
                    throw .unsupportedType(weight: tensor.name, type: "\(tensor.type.name) beside \(first.type.name)")
                }
            }
        }
        if let bias = experts.bias { try check(bias, is: [outputWidth, rule.expertCount]) }
        let (width, overflow) = outputWidth.multipliedReportingOverflow(by: rule.usedCount)
        guard !overflow else { throw .unsupported("\(rule.usedCount) experts of width \(outputWidth) are too many") }
        let output = value(width, input.rows)
        append(
            .expertLinear(
                ExpertLinear(
                    input: input, inputIsPerExpert: isPerExpert, routing: routing, experts: [experts],
                    outputValues: .separate([output]))))
        return output
    }

    package mutating func sumExperts(_ input: Value, _ routing: Routing) throws(ComputeError) -> Value {
        guard input.width % routing.rule.usedCount == 0 else {
            throw .unsupported("cannot sum \(routing.rule.usedCount) experts of a width of \(input.width)")
        }
        let output = value(input.width / routing.rule.usedCount, input.rows)
        append(.sumExperts(SumExperts(input: input, routing: routing, output: output)))
        return output
    }
}
