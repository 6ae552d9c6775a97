package import Compute
import Tensors

/// What becomes of the rows of a text, `<architecture>.pooling_type`.
private enum TextResult: Int {
    case rows, mean, first, last, score

    init(_ model: Hyperparameters) throws(ComputeError) {
        let number = try model.count("pooling_type", in: 0...Hyperparameters.largestCount, default: 0)
        guard let result = TextResult(rawValue: number) else {
            throw model.invalid("pooling_type", "\(number) is not supported")
        }
        self = result
    }
}

extension Hyperparameters {
    /// How the rows of a text become one.
    /// - Parameter standard: where the file does not say.
    package func pooling(default standard: Pooling) throws(ComputeError) -> Pooling {
        switch try TextResult(self) {
        case .rows: standard
        case .mean: .mean
        case .first: .first
        case .last: .last
        case .score: throw invalid("pooling_type", "ranking is not supported in this family")
        }
    }

    /// Which rows of a text an encoder's rows see: all, unless the file says otherwise.
    package func encoderMask() throws(ComputeError) -> Mask {
        try flag("attention.causal", default: false) ? .causal : .full
    }
}

extension ProgramBuilder {
    /// Embeddings of tokens that belong to the first of the sentences that a model tells apart.
    package mutating func embedText(
        _ model: Hyperparameters, _ weights: WeightDirectory
    ) throws(ComputeError) -> Value {
        let tokens = try embedTokens(model, weights)
        guard weights.has("token_types") else { return tokens }
        return try add(tokens, embed(weights.table("token_types", width: tokens.width), .entry(0)))
    }

    /// The embeddings normalized, then layers that are norm(x + attention(x)), then norm(x + feedForward(x)).
    package mutating func encoderLayers(
        _ embedded: Value, _ model: Hyperparameters, _ weights: WeightDirectory, attention: Layer, feedForward: Layer
    ) throws(ComputeError) -> Value {
        let input = try normalize(embedded, model.layerNorm(weights, "token_embd_norm"))
        return try layers(input, model, weights) { (b, x, layer, index) throws(ComputeError) in
            let attended = try b.add(x, attention(&b, x, layer, index))
            let x = try b.normalize(attended, model.layerNorm(layer, "attn_output_norm"))
            return try b.normalize(
                b.add(x, feedForward(&b, x, layer, index)), model.layerNorm(layer, "layer_output_norm"))
        }
    }

    /// The last steps: the rows themselves, one row a text, or a score of the first row by the matrices `cls`, where a model
    /// has it, and `cls.output`.
    package mutating func encoderHead(
        _ input: Value, _ model: Hyperparameters, _ weights: WeightDirectory
    ) throws(ComputeError) -> Program {
        switch try TextResult(model) {
        case .rows: return try finish(.embeddings, selectOutputs(input))
        case .mean: return try finish(.embeddings, pool(input, .mean))
        case .first: return try finish(.embeddings, pool(input, .first))
        case .last: return try finish(.embeddings, pool(input, .last))
        case .score:
            var row = try pool(input, .first)
            if weights.has("cls") {
                row = try activate(linear(row, weights.projection("cls", from: row.width, to: row.width)), .tanh)
            }
            return try finish(.scores, linear(row, weights.projection("cls.output", from: row.width, to: 1)))
        }
    }
}
