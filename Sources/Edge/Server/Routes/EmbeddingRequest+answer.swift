import Generation
import HTTPTypes
import Hummingbird

extension EmbeddingRequest {
    /// The answer to the request, computed as long as the client stays.
    /// - Parameter name: the model as the client wrote it, for the words of errors.
    func answer(by services: Services, for context: AppContext, model name: String) async throws -> EmbeddingAnswer {
        try await context.whileWanted {
            do {
                return try await services.generation.embed(self)
            } catch GenerationError.modelNotFound {
                throw APIFailure(.notFound, FailureText.embeddingModelNotFound(name))
            } catch {
                throw APIFailure(error, model: name)
            }
        }
    }
}
