package import ModelLibrary
package import Options
package import Tensors

/// The one way to have a model answer; every protocol of the server is a translator over it.
package protocol GenerationService: Sendable {
    /// Loads the model where needed, starts the generation, and runs `body` with its events.
    /// On every exit from `body`, by return, error or cancellation, the generation ends and its memory is free.
    /// - Throws: `GenerationError`, or what `body` throws.
    func withGeneration<Result: Sendable>(
        _ request: GenerationRequest, _ body: (GenerationStream) async throws -> Result
    ) async throws -> Result

    /// Computes the embeddings or scores of texts, each the same alone and beside others. With no inputs it only loads the
    /// model. A language model gives embeddings too.
    /// - Throws: `GenerationError`, or `CancellationError` where the task is cancelled.
    func embed(_ request: EmbeddingRequest) async throws -> EmbeddingAnswer

    /// The tokens of a text as a model reads it. Its weights are not loaded for that.
    /// - Parameters:
    ///   - addsBoundaries: with beginning and end of text, where the model wants them.
    ///   - parsesSpecial: the texts of control tokens become these tokens.
    func tokenize(
        _ text: String, model: ModelName, addsBoundaries: Bool, parsesSpecial: Bool
    ) async throws -> [TokenID]
    /// The text of tokens, those of control tokens too. What is no UTF-8, as half a character, is replaced.
    func detokenize(_ tokens: [TokenID], model: ModelName) async throws -> String

    /// Loads a model without asking anything of it. Returns how long that took.
    func load(_ model: ModelName, options: GenerationOptions, keepAlive: KeepAlive?) async throws -> Duration
    /// Unloads as soon as running generations end.
    func unload(_ model: ModelName) async
    /// Why a request would be refused now, `overloaded` or `shuttingDown`; nil where it would be taken.
    func refusal() async -> GenerationError?
    func loadedModels() async -> [LoadedModelStatus]
    /// What holds for each option of a model where a request says nothing.
    func effectiveOptions(of model: StoredModel) -> [EffectiveOption]
}

/// A line of `/api/ps`.
package struct LoadedModelStatus: Hashable, Sendable {
    package var name: ModelName
    package var digest: Digest
    /// Bytes of weights and cache in memory.
    package var size: Int
    package var contextLength: Int
    /// Seconds since 1970; nil stays forever.
    package var expires: Double?

    package init(name: ModelName, digest: Digest, size: Int, contextLength: Int, expires: Double?) {
        self.name = name
        self.digest = digest
        self.size = size
        self.contextLength = contextLength
        self.expires = expires
    }
}
