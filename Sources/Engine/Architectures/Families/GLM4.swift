import Compute

/// ChatGLM 3 and GLM-4: Llama's block with a fused gate and up, and half of each head rotated. In the first models (`chatglm`)
/// queries, keys and values have biases; since GLM-4-0414 (`glm4`) what attention and feed-forward networks give is
/// normalized too.
enum GLM4: ModelArchitecture {
    static let models = [
        ModelListing("glm4", "GLM-4-0414, GLM-Z1", goldens: ["glm4"]),
        ModelListing("chatglm", "ChatGLM 3, GLM-4 9B", library: ["glm4", "codegeex4"], goldens: ["chatglm"]),
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        guard !model.has("rope.dimension_sections") else {
            throw model.invalid("rope.dimension_sections", "rotation by positions in images is not supported")
        }
        guard try model.count("nextn_predict_layers", in: 0...model.layerCount, default: 0) == 0 else {
            throw model.invalid("nextn_predict_layers", "layers that draft tokens (MTP) are not supported")
        }
        let shape = try AttentionShape(model)
        let rotation = try RopeParameters(model, weights, headWidth: shape.keyWidth).rotation(isInterleaved: true)
        let isFirst = model.architecture == "chatglm"
        var attention = SelfAttention(shape, rotation)
        attention.bias = isFirst ? .required : .optional
        let hiddenWidth = try model.count("feed_forward_length")
        var frame = DecoderFrame()
        frame.hasPostNorms = !isFirst

        return try ProgramBuilder.preNormDecoder(model, weights, frame) { (b, h, layer, _) throws(ComputeError) in
            try b.selfAttention(h, layer, attention)
        } feedForward: { (b, h, layer, _) throws(ComputeError) in
            try b.gatedFeedForward(h, layer, hiddenWidth: hiddenWidth, .silu)
        }
    }
}
