/// A function of two numbers, a gate and what passes it.
package enum GateFunction: Hashable, Sendable, CustomStringConvertible {
    /// activation(gate) × up.
    case activation(Activation)
    /// g × sigmoid(alpha × g) × (u + 1), where g is the gate, at most `limit`, and u is up, between −limit and limit.
    case clampedSwiGLU(alpha: Float, limit: Float)

    package var description: String {
        switch self {
        case .activation(let activation): activation.rawValue
        case .clampedSwiGLU(let alpha, let limit): "clamped_swiglu(\(alpha), \(limit))"
        }
    }
}

/// Lets rows through a gate, element by element.
package struct Gate: Operation {
    package let function: GateFunction
    /// Rows × width, or rows × 1 where one gate serves the whole row.
    package var gate: Value
    /// Rows × width.
    package var up: Value
    package var output: Value

    package var inputs: [Value] { [gate, up] }
    package var outputs: [Value] { [output] }
    package var kind: StepKind { StepKind(operation: "gate") }

    package func text(_ names: ProgramNames) -> String { "\(function) \(names[gate]) * \(names[up])" }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .gate(Gate(function: function, gate: input(gate), up: input(up), output: output(self.output)))
    }
}

extension ProgramBuilder {
    package mutating func gate(
        _ gate: Value, _ up: Value, _ function: GateFunction
    ) throws(ComputeError) -> Value {
        guard gate.rows == up.rows, gate.width == up.width || gate.width == 1 else {
            throw .unsupported("cannot gate rows of \(up.width) elements by rows of \(gate.width)")
        }
        let output = value(up.width, up.rows)
        append(.gate(Gate(function: function, gate: gate, up: up, output: output)))
        return output
    }

    package mutating func gate(
        _ gate: Value, _ up: Value, _ activation: Activation
    ) throws(ComputeError) -> Value {
        try self.gate(gate, up, .activation(activation))
    }
}
