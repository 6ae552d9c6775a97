/// Takes each head of a row apart.
package struct Split: Operation {
    /// Rows × (heads × the sum of the outputs' head widths).
    package var input: Value
    package let heads: Int
    /// For each, rows × (heads × its head width), in the order in which they lie in a head.
    package var outputs: [Value]

    package var inputs: [Value] { [input] }
    package var kind: StepKind { StepKind(operation: "split") }

    package func text(_ names: ProgramNames) -> String {
        "split \(names[input])" + (heads == 1 ? "" : ", \(heads) heads")
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .split(Split(input: input(self.input), heads: heads, outputs: outputs.map(output)))
    }
}

/// Puts the heads of rows together: the reverse of `Split`.
package struct Join: Operation {
    /// For each, rows × (heads × its head width), or rows × its head width where all heads share it.
    package var inputs: [Value]
    package let heads: Int
    /// The head width of each input.
    package let widths: [Int]
    /// Rows × (heads × the sum of the widths).
    package var output: Value

    package var outputs: [Value] { [output] }
    package var kind: StepKind { StepKind(operation: "join") }

    package func text(_ names: ProgramNames) -> String {
        "join " + inputs.map { names[$0] }.joined(separator: ", ") + (heads == 1 ? "" : ", \(heads) heads")
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .join(Join(inputs: inputs.map(input), heads: heads, widths: widths, output: output(self.output)))
    }
}

extension ProgramBuilder {
    /// - Parameter widths: of the parts of a head, which they fill.
    package mutating func split(_ input: Value, heads: Int = 1, _ widths: [Int]) throws(ComputeError) -> [Value] {
        guard heads > 0, widths.allSatisfy({ $0 > 0 && $0 <= input.width }),
            widths.reduce(0, +).multipliedReportingOverflow(by: heads) == (input.width, false)
        else { throw .unsupported("cannot split rows of \(input.width) into \(heads) heads of \(widths)") }
        let outputs = widths.map { value(heads * $0, input.rows) }
        append(.split(Split(input: input, heads: heads, outputs: outputs)))
        return outputs
    }

    /// - Parameter widths: of each input's part of a head. An input that is only so wide itself is every head's.
    package mutating func join(_ inputs: [Value], heads: Int = 1, _ widths: [Int]) throws(ComputeError) -> Value {
        let fits = zip(inputs, widths).allSatisfy { input, width in
            width > 0 && input.rows == inputs[0].rows
                && (input.width == width || width.multipliedReportingOverflow(by: heads) == (input.width, false))
        }
        let (width, overflow) = widths.reduce(0, +).multipliedReportingOverflow(by: heads)
        guard !inputs.isEmpty, inputs.count == widths.count, heads > 0, fits, !overflow else {
            throw .unsupported("cannot join \(heads) heads of \(widths) from rows of \(inputs.map(\.width))")
        }
        let output = value(width, inputs[0].rows)
        append(.join(Join(inputs: inputs, heads: heads, widths: widths, output: output)))
        return output
    }
}
