import Compute

/// Command-R7B and Command-A: Command-R's block, of which three layers in four rotate heads and see a window, and the fourth
/// sees everything without a rotation.
enum Cohere2: ModelArchitecture {
    static let models = [
        ModelListing(
            "cohere2", "Command-R7B, Command-A", library: ["command-r7b", "command-a"], goldens: ["cohere2"])
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        let isWindowed = try model.pattern("attention.sliding_window_pattern", period: 4)
        let window = Mask.window(try model.count("attention.sliding_window"))
        let hiddenWidth = try model.count("feed_forward_length")
        var frame = DecoderFrame(norm: .layer(bias: .none))
        frame.logitScale = Float(try model.number("logit_scale", default: 1))

        return try ProgramBuilder.parallelDecoder(model, weights, frame) { (b, h, layer, index) throws(ComputeError) in
            let attention =
                isWindowed[index] ? SelfAttention(shape, rotation).masked(by: window) : SelfAttention(shape, nil)
            return try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}
