/// A place that models come from.
package protocol ModelSource: Sendable {
    /// Brings a model into the store, under `reference.name`; a half-done pull leaves no model behind, and a second try
    /// goes on where the first ended.
    /// - Parameter report: told each step, `success` last; what it throws ends the pull.
    func pull(
        _ reference: ModelReference, into store: ModelStore, options: PullOptions,
        report: @escaping ProgressReport
    ) async throws
}

package struct PullOptions: Hashable, Sendable {
    /// Speak plain `http` to the registry.
    package var insecure: Bool

    package init(insecure: Bool = false) {
        self.insecure = insecure
    }
}

/// Every place that models come from, by the reference's kind.
package struct ModelSources: ModelSource {
    private let place: @Sendable (ModelReference.Source) -> any ModelSource

    package init(_ place: @escaping @Sendable (ModelReference.Source) -> any ModelSource) {
        self.place = place
    }

    package func pull(
        _ reference: ModelReference, into store: ModelStore, options: PullOptions, report: @escaping ProgressReport
    ) async throws {
        try await place(reference.source).pull(reference, into: store, options: options, report: report)
    }
}
