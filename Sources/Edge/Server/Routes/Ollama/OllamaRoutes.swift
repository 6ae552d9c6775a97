/// The native API.
enum OllamaRoutes {
    static let endpoints: [any Endpoint.Type] = [
        Root.self, Version.self, Tags.self, Ps.self, Show.self, Generate.self, Chat.self, Embed.self,
        LegacyEmbeddings.self, Rerank.self, Blobs.self, Create.self,
        Pull.self, Copy.self, Delete.self, Verify.self, Tokenize.self, Detokenize.self,
    ]
}
