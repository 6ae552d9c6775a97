package import Architectures
package import SystemPackage

/// What a model is loaded with.
package struct LoadOptions: Hashable, Sendable {
    /// Tokens of a context, before it is cut to what the model was trained for.
    package var contextLength: Int
    /// Rows of a batch; nil leaves the choice.
    package var batchRows: Int?
    package var draft: DraftSource?
    package var purpose: ModelPurpose

    package init(
        contextLength: Int, batchRows: Int? = nil, draft: DraftSource? = nil, purpose: ModelPurpose = .own
    ) {
        self.contextLength = max(contextLength, 4)
        self.batchRows = batchRows
        self.draft = draft
        self.purpose = purpose
    }

    /// Whether a model that was loaded with these options serves a request for `other` ones: a context holds every smaller
    /// one, and the rows of a batch change only the speed.
    /// - Parameter trainedContext: tokens that the model was trained for; no context is larger.
    func cover(_ other: LoadOptions, trainedContext: Int) -> Bool {
        draft == other.draft && min(contextLength, trainedContext) >= min(other.contextLength, trainedContext)
    }
}

/// The weights of a smaller model that guesses ahead.
package struct DraftSource: Hashable, Sendable {
    /// For messages.
    package var name: String
    package var path: FilePath
    package var origin: Origin

    package enum Origin: Hashable, Sendable {
        /// Asked for by name: it must go with the model, or the request fails.
        case named
        /// Comes with the model: it must go with it, or the model is of no use.
        case own
        /// Offered to every model: it may not go with this one.
        case offered
    }

    package init(name: String, path: FilePath, origin: Origin) {
        self.name = name
        self.path = path
        self.origin = origin
    }
}
