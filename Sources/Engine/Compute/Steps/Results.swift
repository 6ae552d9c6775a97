/// Keeps the batch's output rows only.
package struct SelectOutputs: Operation {
    /// Tokens × width.
    package var input: Value
    /// Outputs × width.
    package var output: Value

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [output] }
    package var isRowwise: Bool { false }
    package var kind: StepKind { StepKind(operation: "select outputs") }

    package func text(_ names: ProgramNames) -> String { "select_outputs \(names[input])" }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .selectOutputs(SelectOutputs(input: input(self.input), output: output(self.output)))
    }
}

/// How the rows of a text become one.
package enum Pooling: String, Hashable, Sendable, CaseIterable {
    case mean, first, last
}

/// Makes one row of all rows of a span.
package struct Pool: Operation {
    package let pooling: Pooling
    /// Tokens × width.
    package var input: Value
    /// Spans × width.
    package var output: Value

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [output] }
    package var isRowwise: Bool { false }
    package var kind: StepKind { StepKind(operation: "pool") }

    package func text(_ names: ProgramNames) -> String { "pool \(pooling.rawValue) \(names[input])" }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .pool(Pool(pooling: pooling, input: input(self.input), output: output(self.output)))
    }
}

extension ProgramBuilder {
    package mutating func selectOutputs(_ input: Value) -> Value {
        let output = value(input.width, .outputs)
        append(.selectOutputs(SelectOutputs(input: input, output: output)))
        return output
    }

    package mutating func pool(_ input: Value, _ pooling: Pooling) throws(ComputeError) -> Value {
        guard input.rows == .tokens else { throw .unsupported("only rows of tokens can be pooled") }
        let output = value(input.width, .spans)
        append(.pool(Pool(pooling: pooling, input: input, output: output)))
        return output
    }
}
