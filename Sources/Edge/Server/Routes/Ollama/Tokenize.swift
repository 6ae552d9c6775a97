import APITypes
import Generation
import HTTPTypes
import Hummingbird
import ModelLibrary

/// `/api/tokenize` gives the tokens of a text.
enum Tokenize: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/tokenize") { request, context in
            let started = ContinuousClock.now
            let body = try await request.decode(TokenizeRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            guard let content = body.content else {
                throw APIFailure(.badRequest, "content is required: send the text that is to be tokenized")
            }
            let model = try ModelName(requested: body.model)
            let tokens = try await context.whileWanted {
                try await APIFailure.mapping(model: body.model) {
                    try await services.generation.tokenize(
                        content, model: model, addsBoundaries: body.addSpecial, parsesSpecial: body.parseSpecial)
                }
            }
            var response = TokenizeResponse(tokens: tokens)
            response.metrics.totalDuration = started.duration(to: .now).nanosecondCount
            return .json(response)
        }
    }
}
