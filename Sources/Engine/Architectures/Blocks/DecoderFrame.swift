package import Compute
import Tensors

extension Hyperparameters {
    /// The RMS normalization whose weight is called `name`.
    /// - Parameters:
    ///   - width: of the weight; nil for the embedding's.
    ///   - groups: parts of a row that are normalized each by itself.
    package func rmsNorm(
        _ weights: WeightDirectory, _ name: String, width: Int? = nil, groups: Int = 1
    ) throws(ComputeError) -> Normalization {
        Normalization(
            .rms, weight: try weights.vector(name, width: width ?? embeddingWidth),
            epsilon: Float(try requiredNumber("attention.layer_norm_rms_epsilon")), groups: groups)
    }

    /// The layer normalization whose weight is called `name`.
    /// - Parameter bias: whether it has one, of the same name.
    package func layerNorm(
        _ weights: WeightDirectory, _ name: String, bias: WeightDirectory.Bias = .required, width: Int? = nil,
        groups: Int = 1
    ) throws(ComputeError) -> Normalization {
        let width = width ?? embeddingWidth
        // Files of Phi-3.5-MoE have it by the key of the other kind.
        let key =
            has("attention.layer_norm_epsilon") ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"
        return Normalization(
            .layer, weight: try weights.vector(name, width: width), bias: try weights.bias(name, width: width, bias),
            epsilon: Float(try requiredNumber(key)), groups: groups)
    }

    /// A family's normalization of whole rows whose weight is called `name`.
    package func norm(
        _ norm: BlockNorm, _ weights: WeightDirectory, _ name: String
    ) throws(ComputeError) -> Normalization {
        switch norm {
        case .rms: try rmsNorm(weights, name)
        case .layer(let bias): try layerNorm(weights, name, bias: bias)
        }
    }
}

/// Which normalization a family has before or after its blocks.
package enum BlockNorm: Sendable {
    case rms
    case layer(bias: WeightDirectory.Bias)
}

/// What families vary around the attention and feed-forward networks of their layers.
package struct DecoderFrame: Sendable {
    package var norm: BlockNorm
    /// Multiplies the embeddings of tokens.
    package var embeddingScale: Float = 1
    /// What files call the normalization ahead of a feed-forward network.
    package var feedForwardNorm = "ffn_norm"
    /// Whether what attention and feed-forward networks give is normalized too before it is added, by
    /// `post_attention_norm` and `post_ffw_norm`.
    package var hasPostNorms = false
    /// Multiplies it then.
    package var residualScale: Float = 1
    /// Multiplies the logits.
    package var logitScale: Float = 1
    /// Bounds the logits after that.
    package var logitSoftcap: Float?

    package init(norm: BlockNorm = .rms) {
        self.norm = norm
    }
}

/// One layer of a model: the rows after it, of the rows before it and the layer's weights.
package typealias Layer = (
    _ b: inout ProgramBuilder, _ x: Value, _ weights: WeightDirectory, _ index: Int
) throws(ComputeError) -> Value

extension ProgramBuilder {
    /// The first step of a language model: one row of `token_embd` for each token.
    package mutating func embedTokens(
        _ model: Hyperparameters, _ weights: WeightDirectory, scale: Float = 1
    ) throws(ComputeError) -> Value {
        try embed(weights.table("token_embd", width: model.embeddingWidth), scale: scale)
    }

    /// Learned positions, added to the rows.
    package mutating func addPositions(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory
    ) throws(ComputeError) -> Value {
        let table = try weights.table("position_embd", width: input.width, entries: model.contextLength)
        return try add(input, embed(table, .position(offset: 0)))
    }

    /// The layers in turn.
    package mutating func layers(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory, _ layer: Layer
    ) throws(ComputeError) -> Value {
        var x = input
        for index in 0..<model.layerCount { x = try layer(&self, x, weights.layer(index), index) }
        return x
    }

    /// The last steps: logits of the output rows, by `output` or, where the model ties them, the embedding's matrix.
    /// - Parameters:
    ///   - scale: multiplies the logits.
    ///   - softcap: bounds them after that.
    package mutating func languageHead(
        _ input: Value, _ weights: WeightDirectory, _ normalization: Normalization, scale: Float = 1,
        softcap: Float? = nil
    ) throws(ComputeError) -> Program {
        let vocabularySize = try weights.weight("token_embd").shape.rowCount
        guard vocabularySize > 0, vocabularySize <= Int(Int32.max) else {
            throw .unsupported("a vocabulary of \(vocabularySize) tokens is not supported")
        }
        let name = weights.has("output") ? "output" : "token_embd"
        let head = try Projection(
            weight: weights.matrix(name, from: input.width, to: vocabularySize),
            bias: weights.bias("output", width: vocabularySize, .optional))
        let logits = try linear(normalize(selectOutputs(input), normalization), head)
        return try finish(.logits, self.softcap(self.scale(logits, by: scale), softcap))
    }

    /// The same with the family's normalization, `output_norm`, and what `frame` does to logits.
    package mutating func languageHead(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory, _ frame: DecoderFrame
    ) throws(ComputeError) -> Program {
        try languageHead(
            input, weights, model.norm(frame.norm, weights, "output_norm"), scale: frame.logitScale,
            softcap: frame.logitSoftcap)
    }

    /// Layers that are x + attention(norm(x)), then x + feedForward(norm(x)), and what `frame` adds to that.
    package mutating func preNormLayers(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory, _ frame: DecoderFrame,
        attention: Layer, feedForward: Layer
    ) throws(ComputeError) -> Value {
        try layers(input, model, weights) { (b, x, layer, index) throws(ComputeError) in
            func norm(_ name: String) throws(ComputeError) -> Normalization { try model.norm(frame.norm, layer, name) }
            func postNorm(_ name: String) throws(ComputeError) -> Normalization? {
                frame.hasPostNorms ? try norm(name) : nil
            }
            let attended = try attention(&b, b.normalize(x, norm("attn_norm")), layer, index)
            let x = try b.add(attended, to: x, frame, postNorm("post_attention_norm"))
            let fed = try feedForward(&b, b.normalize(x, norm(frame.feedForwardNorm)), layer, index)
            return try b.add(fed, to: x, frame, postNorm("post_ffw_norm"))
        }
    }

    /// x plus what attention or the feed-forward network has made of it.
    private mutating func add(
        _ result: Value, to x: Value, _ frame: DecoderFrame, _ postNorm: Normalization?
    ) throws(ComputeError) -> Value {
        let normalized = if let postNorm { try normalize(result, postNorm) } else { result }
        return try add(x, scale(normalized, by: frame.residualScale))
    }

    /// A whole language model of `preNormLayers`.
    package static func preNormDecoder(
        _ model: Hyperparameters, _ weights: WeightDirectory, _ frame: DecoderFrame = DecoderFrame(),
        attention: Layer, feedForward: Layer
    ) throws(ComputeError) -> Program {
        var b = ProgramBuilder()
        let embedded = try b.embedTokens(model, weights, scale: frame.embeddingScale)
        let x = try b.preNormLayers(
            embedded, model, weights, frame, attention: attention, feedForward: feedForward)
        return try b.languageHead(x, model, weights, frame)
    }

    /// A whole language model whose layers are x + attention(n) + feedForward(n), where n is norm(x).
    package static func parallelDecoder(
        _ model: Hyperparameters, _ weights: WeightDirectory, _ frame: DecoderFrame, attention: Layer,
        feedForward: Layer
    ) throws(ComputeError) -> Program {
        var b = ProgramBuilder()
        let embedded = try b.embedTokens(model, weights)
        let x = try b.layers(embedded, model, weights) { (b, x, layer, index) throws(ComputeError) in
            let normalized = try b.normalize(x, model.norm(frame.norm, layer, "attn_norm"))
            let attended = try b.add(x, attention(&b, normalized, layer, index))
            return try b.add(attended, feedForward(&b, normalized, layer, index))
        }
        return try b.languageHead(x, model, weights, frame)
    }
}
