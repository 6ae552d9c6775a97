import Generation
import JSON
import Testing

@Suite("An answer to a prompt that was cut says so")
struct TruncatedPromptTests {
    private func server(_ cut: PromptCut?) throws -> TestServer {
        var summary = ScriptedService.summary
        summary.promptCut = cut
        return try TestServer([.text("a"), .event(.finished(summary))])
    }

    private static let messages = #""messages": [{"role": "user", "content": "hi"}]"#

    @Test(
        "on every route, at the end of a stream and without one",
        arguments: [
            ("/api/generate", #""prompt": "hi""#), ("/api/chat", messages), ("/v1/chat/completions", messages),
        ])
    func routes(path: String, body: String) async throws {
        for cut in [nil, PromptCut(messages: 2, tokens: 0), PromptCut(messages: 0, tokens: 9)] {
            let expected: JSONValue? = cut == nil ? nil : true
            let whole = try await server(cut).post(path, #"{"model": "m", \#(body), "stream": false}"#)
            #expect(whole.status == 200)
            #expect(whole.json?["truncated"] == expected)
            let streamed = try await server(cut).post(path, #"{"model": "m", \#(body), "stream": true}"#)
            let objects =
                path.hasPrefix("/v1")
                ? try streamed.events.dropLast().map { try JSONParser.parse($0) } : streamed.lines
            #expect(objects.count == 2)
            #expect(objects.map { $0["truncated"] } == [nil, expected])
        }
    }
}
