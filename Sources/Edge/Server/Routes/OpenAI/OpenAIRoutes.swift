/// The API that clients of OpenAI speak.
enum OpenAIRoutes {
    static let endpoints: [any Endpoint.Type] = [
        ChatCompletions.self, Completions.self, Embeddings.self, Rerank.self, Models.self,
    ]
}
