/// The sum of two values, element by element.
package struct Add: Operation {
    package var first: Value
    package var second: Value
    package var output: Value

    package var inputs: [Value] { [first, second] }
    package var outputs: [Value] { [output] }
    package var kind: StepKind { StepKind(operation: "add") }

    package func text(_ names: ProgramNames) -> String { "add \(names[first]), \(names[second])" }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .add(Add(first: input(first), second: input(second), output: output(self.output)))
    }
}

extension ProgramBuilder {
    package mutating func add(_ first: Value, _ second: Value) throws(ComputeError) -> Value {
        guard first.width == second.width, first.rows == second.rows else {
            throw .unsupported("cannot combine rows of \(first.width) and \(second.width) elements")
        }
        let output = value(first.width, first.rows)
        append(.add(Add(first: first, second: second, output: output)))
        return output
    }
}
