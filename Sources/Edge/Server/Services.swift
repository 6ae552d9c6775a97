package import Generation
package import ModelLibrary

/// Everything behind the routes.
package struct Services: Sendable {
    package var generation: any GenerationService
    package var store: ModelStore
    /// Where models are pulled from.
    package var source: any ModelSource
    /// Of this program, as `/api/version` answers.
    package var version: String
    /// How long a client may take nothing of its answer before it is given up.
    package var clientPatience: Duration = .seconds(60)
    let describer = ModelDescriber()

    package init(generation: any GenerationService, store: ModelStore, source: any ModelSource, version: String) {
        self.generation = generation
        self.store = store
        self.source = source
        self.version = version
    }

    /// Runs a call that blocks on the disk on a thread made for that.
    func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await BlockingThreads.shared.run(work)
    }
}
