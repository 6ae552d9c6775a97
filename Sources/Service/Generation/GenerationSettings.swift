package import Chat
package import Compute

/// What a service of generations may use, and what it does where a request says nothing.
package struct GenerationSettings: Hashable, Sendable {
    /// Tokens of a context, where neither the request nor the model sets `num_ctx`; at most what the model was trained for.
    package var contextLength = 4096
    /// Sequences of a model that are computed together; more wait for their turn.
    package var parallelSequences = 16
    package var keepAlive: KeepAlive = .duration(.seconds(300))
    package var maximumLoadedModels = 3
    /// Requests that may wait, for a model or for their turn.
    package var maximumQueue = 512
    /// How keys and values are kept; a type that the backend does not have makes loading fail.
    package var cacheType = CacheType.f16
    package var templatePreference = TemplatePreference.automatic

    package init() {}
}
