import Tensors

/// A matrix of shape [input, output] and, where a model has it, the bias added to the product.
package struct Projection: Hashable, Sendable {
    package let weight: Weight
    package let bias: Weight?

    package init(weight: Weight, bias: Weight? = nil) {
        self.weight = weight
        self.bias = bias
    }

    /// Some of the outputs.
    package func rows(_ range: Range<Int>) throws(ComputeError) -> Projection {
        guard let bias else { return Projection(weight: try weight.rows(range)) }
        return Projection(weight: try weight.rows(range), bias: try bias.rows(range))
    }

    /// The projections that one matrix holds, one after another.
    /// - Parameter widths: outputs of each.
    package func parts(_ widths: [Int]) throws(ComputeError) -> [Projection] {
        var parts: [Projection] = []
        var first = 0
        for width in widths {
            parts.append(try rows(first..<first + width))
            first += width
        }
        return parts
    }
}

/// What becomes of the products of a linear step.
package enum LinearOutputs: Hashable, Sendable {
    /// One value a projection.
    case separate([Value])
    /// One value of one projection, changed element by element.
    case applied(ElementFunction, Value)
    /// Two projections a and b make one value, gate(a, b).
    case gated(GateFunction, Value)

    package var values: [Value] {
        switch self {
        case .separate(let values): values
        case .applied(_, let value), .gated(_, let value): [value]
        }
    }

    func mapping(_ transform: (Value) -> Value) -> LinearOutputs {
        switch self {
        case .separate(let values): .separate(values.map(transform))
        case .applied(let function, let value): .applied(function, transform(value))
        case .gated(let function, let value): .gated(function, transform(value))
        }
    }

    /// - Parameter matrices: as listings show them.
    func text(_ matrices: [String]) -> String {
        let list = "[" + matrices.joined(separator: ", ") + "]"
        return switch self {
        case .separate: list
        case .applied(let function, _): "\(list) then \(function)"
        case .gated(let function, _): "\(list) gated by \(function)"
        }
    }
}

/// The product of one input with one or more matrices.
package struct Linear: Operation {
    /// Rows × the matrices' input width.
    package var input: Value
    /// Applied to the input first.
    package var normalization: Normalization?
    package var projections: [Projection]
    /// Rows × the matrices' output width.
    package var outputValues: LinearOutputs
    /// Added to the only output, after a function that is applied to it.
    package var residual: Value?

    package var inputs: [Value] { [input] + (residual.map { [$0] } ?? []) }
    package var outputs: [Value] { outputValues.values }
    package var weights: [Weight] {
        (normalization?.weights ?? []) + projections.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }
    }
    package var matrices: [Weight] { projections.map(\.weight) }
    package var kind: StepKind { StepKind(operation: "linear", weights: matrices) }

    package func cost(of batch: Batch) -> StepCost {
        let rows = batch.count(input.rows)
        var cost = normalization?.cost(rows: rows, width: input.width) ?? StepCost()
        for projection in projections {
            cost.addProduct(projection.weight, rows: rows)
            if rows > 0, let bias = projection.bias { cost.weightBytes += bias.byteCount }
        }
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        let input = normalization.map { $0.text(names, of: self.input) } ?? names[self.input]
        let matrices = projections.map { names[$0.weight] + ($0.bias == nil ? "" : " + bias") }
        return "linear \(input), " + outputValues.text(matrices) + names.text(residual: residual)
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.input = input(self.input)
        step.residual = residual.map(input)
        step.outputValues = outputValues.mapping(output)
        return .linear(step)
    }
}

extension ProgramBuilder {
    package mutating func linear(_ input: Value, _ projection: Projection) throws(ComputeError) -> Value {
        let outputWidth = projection.weight.shape.rowCount
        try check(projection.weight, is: [input.width, outputWidth])
        if let bias = projection.bias { try check(bias, is: [outputWidth]) }
        let output = value(outputWidth, input.rows)
        append(.linear(Linear(input: input, projections: [projection], outputValues: .separate([output]))))
        return output
    }
}
