import Generation
import HTTPTypes
import JSON
import Server
import Testing

@Suite("More requests than the queue takes")
struct QueueTests {
    @Test(
        "each family of routes says when to come again",
        arguments: [
            ("/api/generate", #"{"model": "m", "prompt": "p"}"#),
            ("/api/generate", #"{"model": "m", "prompt": "p", "stream": false}"#),
            ("/api/chat", #"{"model": "m", "messages": [{"role": "user", "content": "p"}]}"#),
            ("/api/embed", #"{"model": "m", "input": "p"}"#),
            ("/api/embeddings", #"{"model": "m", "prompt": "p"}"#),
            ("/api/rerank", #"{"model": "m", "query": "p", "documents": ["d"]}"#),
            ("/v1/chat/completions", #"{"model": "m", "messages": [{"role": "user", "content": "p"}]}"#),
            (
                "/v1/chat/completions",
                #"{"model": "m", "stream": true, "messages": [{"role": "user", "content": "p"}]}"#
            ),
            ("/v1/completions", #"{"model": "m", "prompt": "p"}"#),
            ("/v1/embeddings", #"{"model": "m", "input": "p"}"#),
            ("/v1/rerank", #"{"model": "m", "query": "p", "documents": ["d"]}"#),
        ])
    func overloaded(path: String, body: String) async throws {
        for (error, seconds, message) in [
            (GenerationError.overloaded, "5", FailureText.overloaded),
            (.shuttingDown, "10", FailureText.shuttingDown),
        ] {
            let reply = try await TestServer(failures: ["m": error]).post(path, body)
            #expect(reply.status == 503)
            #expect(reply.headers[.retryAfter] == seconds)
            let told = path.hasPrefix("/v1/") ? reply.json?["error"]?["message"]?.stringValue : reply.error
            #expect(told == message)
        }
    }

    @Test("other failures say nothing of it")
    func others() async throws {
        let reply = try await TestServer(failures: ["m": .engineFailed("x")]).post(
            "/api/generate", #"{"model": "m", "prompt": "p"}"#)
        #expect(reply.status == 500)
        #expect(reply.headers[.retryAfter] == nil)
    }
}
