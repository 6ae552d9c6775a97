import Tensors

/// The product of each head's part of a row with a matrix of the head's own, as latent attention has it.
package struct HeadLinear: Operation {
    /// Rows × (heads × input width).
    package var input: Value
    /// [input width, output width, heads].
    package let weight: Weight
    /// Rows × (heads × output width).
    package var output: Value

    package var heads: Int { weight.shape.dimensions[2] }

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [output] }
    package var weights: [Weight] { [weight] }
    package var matrices: [Weight] { [weight] }
    package var kind: StepKind { StepKind(operation: "head linear", weights: [weight]) }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        cost.addProduct(weight, rows: batch.count(input.rows))
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        "head_linear \(names[input]), \(names[weight]), \(heads) heads"
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .headLinear(HeadLinear(input: input(self.input), weight: weight, output: output(self.output)))
    }
}

extension ProgramBuilder {
    /// - Parameter weight: of shape [input width, output width, heads].
    package mutating func headLinear(_ input: Value, _ weight: Weight) throws(ComputeError) -> Value {
        let dimensions = weight.shape.dimensions
        guard dimensions.count == 3, dimensions.allSatisfy({ $0 > 0 }),
            dimensions[0].multipliedReportingOverflow(by: dimensions[2]) == (input.width, false)
        else {
            throw .wrongShape(
                weight: weight.name, expected: "heads that divide a width of \(input.width)",
                found: weight.shape.description)
        }
        let (width, overflow) = dimensions[1].multipliedReportingOverflow(by: dimensions[2])
        guard !overflow else {
            throw .wrongShape(weight: weight.name, expected: "smaller heads", found: weight.shape.description)
        }
        let output = value(width, input.rows)
        append(.headLinear(HeadLinear(input: input, weight: weight, output: output)))
        return output
    }
}
