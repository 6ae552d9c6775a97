import APITypes
import Generation
import HTTPTypes
import Hummingbird

/// Tokens of the prompt that a message would be answered from, also where they do not fit the context.
enum CountTokens: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/v1/messages/count_tokens") { request, context in
            let body = try await request.decode(MessagesRequest.self)
            var generation = try GenerationRequest(body)
            generation.truncates = false
            generation.promptReport = PromptReport(isAlone: true)
            let count = try await context.whileWanted { [generation] in
                try await APIFailure.mapping(model: body.model) {
                    do {
                        return try await services.generation.withGeneration(generation) { $0.promptTokens }
                    } catch GenerationError.promptTooLong(let tokens, _) {
                        return tokens
                    }
                }
            }
            return .json(MessagesTokenCount(inputTokens: count))
        }
    }
}
