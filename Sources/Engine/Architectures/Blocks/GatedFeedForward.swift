package import Compute

extension ProgramBuilder {
    /// down(activation(gate(x)) × up(x)), with `hiddenWidth` elements between.
    package mutating func gatedFeedForward(
        _ input: Value, _ weights: WeightDirectory, hiddenWidth: Int, _ activation: Activation
    ) throws(ComputeError) -> Value {
        let gate = try linear(input, weights.projection("ffn_gate", from: input.width, to: hiddenWidth))
        let up = try linear(input, weights.projection("ffn_up", from: input.width, to: hiddenWidth))
        let hidden = try self.gate(gate, up, activation)
        return try linear(hidden, weights.projection("ffn_down", from: hiddenWidth, to: input.width))
    }
}
