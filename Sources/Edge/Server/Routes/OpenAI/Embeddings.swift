import APITypes
import Generation
import HTTPTypes
import Hummingbird
import ModelLibrary

enum Embeddings: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/v1/embeddings") { request, context in
            let body = try await request.decode(OpenAIEmbeddingRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            let embedding = EmbeddingRequest(
                model: try ModelName(requested: body.model), inputs: try body.input.map(EmbeddingRequest.Input.init),
                dimensions: body.dimensions)
            let answer = try await embedding.answer(by: services, for: context, model: body.model)
            return .json(
                OpenAIEmbeddingList(
                    model: body.model, embeddings: answer.vectors, isBase64: body.isBase64,
                    promptTokens: answer.promptTokens))
        }
    }
}

extension EmbeddingRequest.Input {
    fileprivate init(_ input: TextOrTokens) throws {
        switch input {
        case .text(let text): self = .text(text)
        case .tokens(let tokens): self = .tokens(try tokens.tokenIDs(of: "input"))
        }
    }
}

extension [Int] {
    /// - Parameter field: of the request.
    func tokenIDs(of field: String) throws -> [Int32] {
        try map { token in
            guard let token = Int32(exactly: token) else {
                throw APIFailure(.badRequest, "\(field) holds \(token), which is no token")
            }
            return token
        }
    }
}
