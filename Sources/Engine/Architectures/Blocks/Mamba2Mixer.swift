package import Compute

/// The sizes of a Mamba 2 mixer.
package struct Mamba2Shape: Hashable, Sendable {
    /// Last inputs of each channel that the convolution sees, the row's own included.
    package let taps: Int
    package let scan: Scan.Shape

    package init(_ model: Hyperparameters) throws(ComputeError) {
        taps = try model.count("ssm.conv_kernel", in: 1...256)
        let innerWidth = try model.count("ssm.inner_size")
        let heads = try model.count("ssm.time_step_rank")
        let groups = try model.count("ssm.group_count")
        guard innerWidth % heads == 0 else {
            throw model.invalid("ssm.time_step_rank", "\(heads) heads do not divide a width of \(innerWidth)")
        }
        guard heads % groups == 0 else {
            throw model.invalid("ssm.group_count", "\(groups) groups do not divide \(heads) heads")
        }
        scan = Scan.Shape(
            heads: heads, headWidth: innerWidth / heads, stateWidth: try model.count("ssm.state_size"), groups: groups)
    }

    /// Width of a row that is scanned.
    package var innerWidth: Int { scan.heads * scan.headWidth }
    /// Width of a row of B, and of C.
    package var sideWidth: Int { scan.groups * scan.stateWidth }
    /// Channels of the convolution: x, B and C.
    package var channels: Int { innerWidth + 2 * sideWidth }
}

extension ProgramBuilder {
    /// The mixer of Mamba 2: a convolution and a selective scan, whose result passes a gate and is normalized in groups.
    /// `weights` are a layer's, the result is as wide as `input`.
    package mutating func mamba2Mixer(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory, _ shape: Mamba2Shape
    ) throws(ComputeError) -> Value {
        let (inner, side, heads) = (shape.innerWidth, shape.sideWidth, shape.scan.heads)
        let entry = try weights.projection("ssm_in", from: input.width, to: inner + shape.channels + heads)
            .parts([inner, shape.channels, heads])
        let gate = try linear(input, entry[0])
        let mixed = try linear(input, entry[1])
        let step = try linear(input, entry[2])

        let convolved = try convolve(
            mixed, weights.tensor("ssm_conv1d", [shape.taps, shape.channels]),
            bias: weights.bias("ssm_conv1d", width: shape.channels, .optional), .silu)
        let parts = try split(convolved, [inner, side, side])
        let scanned = try scan(
            parts[0], step: step, entry: parts[1], exit: parts[2],
            stepBias: weights.parameter("ssm_dt.bias", [heads]), decay: weights.parameter("ssm_a", [1, heads]),
            skip: weights.parameter("ssm_d", [1, heads]), shape.scan)

        let groups = shape.scan.groups
        let normalization = Normalization(
            .rms, weight: try weights.tensor("ssm_norm", [inner / groups, groups]),
            epsilon: Float(try model.requiredNumber("attention.layer_norm_rms_epsilon")), groups: groups)
        let gated = try self.gate(gate, scanned, .silu)
        return try linear(
            normalize(gated, normalization), weights.projection("ssm_out", from: inner, to: input.width))
    }
}
