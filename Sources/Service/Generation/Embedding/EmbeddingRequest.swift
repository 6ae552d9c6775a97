package import ModelLibrary
package import Tensors

/// Texts of which rows are wanted: embeddings, or scores of pairs.
package struct EmbeddingRequest: Sendable {
    package enum Input: Hashable, Sendable {
        case text(String)
        /// Tokens as they are.
        case tokens([TokenID])
        /// How well the document answers the query: the score of a model that ranks, or the cosine of the embeddings of
        /// another. A vector of one number.
        case pair(query: String, document: String)
    }

    package enum Length: Hashable, Sendable {
        /// Each vector has a length of 1.
        case unit
        /// As the model's file says it was made for; vectors of older encoders keep their length.
        case model
    }

    package var model: ModelName
    package var inputs: [Input]
    package var options: GenerationOptions
    /// Nil takes the server's setting.
    package var keepAlive: KeepAlive?
    /// Cut what is longer than the context, at its end.
    package var truncates: Bool
    /// Keeps the first elements of each vector, where it has more; nil or 0 keeps all.
    package var dimensions: Int?
    package var length: Length

    package init(
        model: ModelName, inputs: [Input], options: GenerationOptions = .init(), keepAlive: KeepAlive? = nil,
        truncates: Bool = true, dimensions: Int? = nil, length: Length = .unit
    ) {
        self.model = model
        self.inputs = inputs
        self.options = options
        self.keepAlive = keepAlive
        self.truncates = truncates
        self.dimensions = dimensions
        self.length = length
    }
}

/// What a model makes of texts.
package struct EmbeddingAnswer: Hashable, Sendable {
    /// One for each input, in their order.
    package var vectors: [[Float]]
    /// Tokens of all inputs, special ones included.
    package var promptTokens: Int
    package var loadDuration: Duration
    package var totalDuration: Duration

    package init(
        vectors: [[Float]], promptTokens: Int = 0, loadDuration: Duration = .zero,
        totalDuration: Duration = .zero
    ) {
        self.vectors = vectors
        self.promptTokens = promptTokens
        self.loadDuration = loadDuration
        self.totalDuration = totalDuration
    }
}
