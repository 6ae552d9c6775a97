/// A function of one number that networks are bent with.
package enum Activation: String, Hashable, Sendable {
    case silu
    /// By the error function.
    case gelu
    /// By the approximation with tanh.
    case geluTanh = "gelu_tanh"
    /// x × sigmoid(1.702 x).
    case geluQuick = "gelu_quick"
    case relu
    case reluSquared = "relu_squared"
    case sigmoid, tanh, softplus
}

/// A function that is applied to every element of a row.
package enum ElementFunction: Hashable, Sendable, CustomStringConvertible {
    case activation(Activation)
    case scale(Float)
    /// cap × tanh(x / cap).
    case softcap(Float)
    case clamp(ClosedRange<Float>)

    package var description: String {
        switch self {
        case .activation(let activation): activation.rawValue
        case .scale(let factor): "scale \(factor)"
        case .softcap(let cap): "softcap \(cap)"
        case .clamp(let range): "clamp \(range.lowerBound)...\(range.upperBound)"
        }
    }
}

/// Applies a function to every element.
package struct Apply: Operation {
    package let function: ElementFunction
    package var input: Value
    package var output: Value

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [output] }
    package var kind: StepKind { StepKind(operation: "apply") }

    package func text(_ names: ProgramNames) -> String { "\(function) \(names[input])" }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .apply(Apply(function: function, input: input(self.input), output: output(self.output)))
    }
}

extension ProgramBuilder {
    package mutating func apply(_ function: ElementFunction, _ input: Value) -> Value {
        let output = value(input.width, input.rows)
        append(.apply(Apply(function: function, input: input, output: output)))
        return output
    }

    package mutating func activate(_ input: Value, _ activation: Activation) -> Value {
        apply(.activation(activation), input)
    }

    /// The rows times `factor`; the same rows where that is 1.
    package mutating func scale(_ input: Value, by factor: Float) -> Value {
        factor == 1 ? input : apply(.scale(factor), input)
    }

    /// - Parameter cap: nil leaves the rows as they are.
    package mutating func softcap(_ input: Value, _ cap: Float?) -> Value {
        cap.map { apply(.softcap($0), input) } ?? input
    }
}
