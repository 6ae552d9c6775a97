package import Chat
package import Compute
import Inference
package import ModelLibrary

/// What a service of generations may use, and what it does where a request says nothing.
package struct GenerationSettings: Hashable, Sendable {
    /// Tokens of a context, where neither the request nor the model sets `num_ctx`; at most what the model was trained for.
    package var contextLength = 4096
    /// Sequences of a model that are computed together; more wait for their turn. 1 to 1024.
    package var parallelSequences = 16 { didSet { parallelSequences = min(max(parallelSequences, 1), 1024) } }
    package var keepAlive: KeepAlive = .duration(.seconds(300))
    package var maximumLoadedModels = 3
    /// Requests that may wait, for a model or for their turn. 1 to a million.
    package var maximumQueue = 512 { didSet { maximumQueue = min(max(maximumQueue, 1), 1_000_000) } }
    /// How keys and values are kept; a type that the backend does not have makes loading fail.
    package var cacheType = CacheType.f16
    package var repacking = Repacking.auto
    package var templatePreference = TemplatePreference.automatic
    /// Whether tokens are guessed ahead, and from what.
    package var speculation = Speculation.auto
    /// Guesses for every model of the same vocabulary that has no draft of its own.
    package var draftModel: ModelName?

    package init() {}
}

/// Whether tokens are guessed ahead and verified several at a time. Answers do not depend on it.
package enum Speculation: String, Hashable, Sendable, CaseIterable {
    case off
    /// Guesses come from the text itself.
    case ngram
    /// They come from a draft model too, where there is one.
    case auto

    var mode: SpeculationSettings.Mode {
        switch self {
        case .off: .off
        case .ngram: .ngram
        case .auto: .auto
        }
    }
}
