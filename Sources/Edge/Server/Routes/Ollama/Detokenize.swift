import APITypes
import Generation
import HTTPTypes
import Hummingbird
import ModelLibrary

/// `/api/detokenize` gives the text of tokens.
enum Detokenize: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/detokenize") { request, context in
            let started = ContinuousClock.now
            let body = try await request.decode(DetokenizeRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            guard let numbers = body.tokens else {
                throw APIFailure(.badRequest, "tokens is required: send the numbers of the tokens")
            }
            let model = try ModelName(requested: body.model)
            let tokens = try numbers.enumerated().map { index, number in
                guard let token = Int32(exactly: number) else {
                    throw APIFailure(.badRequest, "token \(index) is \(number), which is no token of the model")
                }
                return token
            }
            let content = try await context.whileWanted {
                try await APIFailure.mapping(model: body.model) {
                    try await services.generation.detokenize(tokens, model: model)
                }
            }
            var response = DetokenizeResponse(content: content)
            response.metrics.totalDuration = started.duration(to: .now).nanosecondCount
            return .json(response)
        }
    }
}
