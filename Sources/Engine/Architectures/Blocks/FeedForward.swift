package import Compute
import Tensors

extension ProgramBuilder {
    /// down(activation(gate(x)) × up(x)), with `hiddenWidth` elements between. Gate and up come from `ffn_gate` and `ffn_up`,
    /// or from one `ffn_up` that has the gate's rows first.
    /// - Parameter suffix: of the weights' names, for a shared expert.
    package mutating func gatedFeedForward(
        _ input: Value, _ weights: WeightDirectory, hiddenWidth: Int, _ activation: Activation, suffix: String = ""
    ) throws(ComputeError) -> Value {
        let gate: Projection
        let up: Projection
        // With an `ffn_up` of its own a missing gate is missing, not fused.
        if weights.has("ffn_gate\(suffix)") || weights.hasRows("ffn_up\(suffix)", hiddenWidth) {
            gate = try weights.projection("ffn_gate\(suffix)", from: input.width, to: hiddenWidth)
            up = try weights.projection("ffn_up\(suffix)", from: input.width, to: hiddenWidth)
        } else {
            let fused = try weights.projection("ffn_up\(suffix)", from: input.width, to: 2 * hiddenWidth)
            let parts = try fused.parts([hiddenWidth, hiddenWidth])
            (gate, up) = (parts[0], parts[1])
        }
        let hidden = try self.gate(linear(input, gate), linear(input, up), activation)
        return try linear(hidden, weights.projection("ffn_down\(suffix)", from: hiddenWidth, to: input.width))
    }

    /// down(activation(up(x))), with `hiddenWidth` elements between.
    package mutating func feedForward(
        _ input: Value, _ weights: WeightDirectory, hiddenWidth: Int, _ activation: Activation
    ) throws(ComputeError) -> Value {
        let up = try linear(input, weights.projection("ffn_up", from: input.width, to: hiddenWidth))
        return try linear(
            activate(up, activation), weights.projection("ffn_down", from: hiddenWidth, to: input.width))
    }
}
