import APITypes
import Generation
import HTTPTypes
import Hummingbird
import ModelLibrary

/// Documents in the order in which they answer a query: by the scores of a model that ranks, or by the cosines of embeddings.
enum Rerank: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, routes.family == .openAI ? "/v1/rerank" : "/api/rerank") { request, context in
            let body = try await request.decode(RerankRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            let embedding = EmbeddingRequest(
                model: try ModelName(requested: body.model),
                inputs: body.documents.map { .pair(query: body.query, document: $0) },
                options: try GenerationOptions(body.options), keepAlive: body.keepAlive.map(KeepAlive.init),
                truncates: body.truncate ?? true)
            let answer = try await embedding.answer(by: services, for: context, model: body.model)
            let scores = answer.vectors.map { $0.first ?? 0 }
            let best = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(body.topCount ?? .max)
            return .json(
                RerankResponse(
                    model: body.model,
                    results: best.map { index in
                        RerankResponse.Result(
                            index: index, score: scores[index],
                            document: body.returnsDocuments ? body.documents[index] : nil)
                    }, promptTokens: answer.promptTokens))
        }
    }
}
