/// The API that clients of Anthropic speak.
enum AnthropicRoutes {
    static let endpoints: [any Endpoint.Type] = [Messages.self, CountTokens.self]
}
