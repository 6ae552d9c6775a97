import APITypes
import Generation
import HTTPTypes
import Hummingbird
import ModelLibrary

enum Embed: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/embed") { request, context in
            let body = try await request.decode(EmbedRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.notFound, FailureText.modelNotFound("")) }
            let embedding = EmbeddingRequest(
                model: try ModelName(requested: body.model), inputs: body.input.map { .text($0) },
                options: try GenerationOptions(body.options), keepAlive: body.keepAlive.map(KeepAlive.init),
                truncates: body.truncate ?? true, dimensions: body.dimensions)
            let answer = try await embedding.answer(by: services, for: context, model: body.model)
            var response = EmbedResponse(model: body.model, embeddings: answer.vectors)
            if !body.input.isEmpty { response.metrics = Metrics(answer) }
            return .json(response)
        }
    }
}

extension Metrics {
    fileprivate init(_ answer: EmbeddingAnswer) {
        self.init()
        totalDuration = answer.totalDuration.nanosecondCount
        loadDuration = answer.loadDuration.nanosecondCount
        promptEvalCount = answer.promptTokens
    }
}
