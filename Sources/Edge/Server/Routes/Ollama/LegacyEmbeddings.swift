import APITypes
import Generation
import HTTPTypes
import Hummingbird
import ModelLibrary

/// What `/api/embed` came after: one text, not cut, and vectors as long as older encoders make them.
enum LegacyEmbeddings: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/embeddings") { request, context in
            let body = try await request.decode(EmbeddingsRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            let embedding = EmbeddingRequest(
                model: try ModelName(requested: body.model), inputs: body.prompt.isEmpty ? [] : [.text(body.prompt)],
                options: try GenerationOptions(body.options), keepAlive: body.keepAlive.map(KeepAlive.init),
                truncates: false, length: .model)
            let answer = try await embedding.answer(by: services, for: context, model: body.model)
            return .json(EmbeddingsResponse(embedding: answer.vectors.first ?? []))
        }
    }
}
