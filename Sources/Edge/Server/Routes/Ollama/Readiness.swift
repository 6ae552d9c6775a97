import Generation
import Hummingbird
import ModelLibrary

/// What a request without prompt asks for: the model in memory, or out of it.
enum Readiness: String {
    case load, unload

    /// Loads the model, or unloads it where it is to be kept for no time.
    static func change(
        _ generation: GenerationRequest, by services: Services, for context: AppContext, model: String
    ) async throws -> Readiness {
        try await APIFailure.mapping(model: model) {
            let name = try await services.blocking { try services.store.manifest(for: generation.model).name }
            if generation.keepAlive == .duration(.zero) {
                await services.generation.unload(name)
                return .unload
            }
            _ = try await context.whileWanted {
                try await services.generation.load(
                    name, options: generation.options, keepAlive: generation.keepAlive)
            }
            return .load
        }
    }
}
