import Generation
import HTTPTypes
import JSON
import Testing

@Suite("Tokens over HTTP")
struct TokenizeTests {
    @Test(
        "a text becomes tokens, under the names of each proposal",
        arguments: [
            (#"{"model": "m", "content": "ab"}"#, [97, 98]), (#"{"model": "m", "text": "ab"}"#, [97, 98]),
            (#"{"model": "m", "content": "ab", "text": "", "keep_alive": "5m", "options": {}}"#, [97, 98]),
            (#"{"model": "m", "content": "a", "add_special": true}"#, [1, 97, 2]),
            (#"{"model": "m", "content": "<end>"}"#, [2]),
            (#"{"model": "m", "content": "<end>", "parse_special": false}"#, [60, 101, 110, 100, 62]),
            (#"{"model": "m", "content": ""}"#, []),
        ])
    func tokenize(body: String, tokens: [Int]) async throws {
        let reply = try await TestServer().post("/api/tokenize", body)
        #expect(reply.status == 200)
        #expect(reply.json?["tokens"] == .array(tokens.map { .integer($0) }))
        #expect(reply.json?["total_duration"]?.intValue != nil)
    }

    @Test("tokens become a text again")
    func detokenize() async throws {
        let reply = try await TestServer().post(
            "/api/detokenize", #"{"model": "m", "tokens": [97, 98], "keep_alive": 0}"#)
        #expect(reply.status == 200)
        #expect(reply.json?["content"] == "ab")
    }

    @Test(
        "what cannot be carried out is refused by name",
        arguments: [
            ("tokenize", "{}", 400, "model is required"),
            ("tokenize", #"{"model": "/", "content": "a"}"#, 400, "invalid model name"),
            ("tokenize", #"{"model": "m"}"#, 400, "content is required: send the text that is to be tokenized"),
            ("tokenize", #"{"model": "gone", "content": "a"}"#, 404, "model 'gone' not found"),
            (
                "tokenize", #"{"model": "m", "content": ["a"]}"#, 400,
                "json: cannot unmarshal array into Go struct field TokenizeRequest.content of type string"
            ),
            (
                "tokenize", #"{"model": "m", "content": "a", "parse_special": 1}"#, 400,
                "json: cannot unmarshal number into Go struct field TokenizeRequest.parse_special of type bool"
            ),
            (
                "tokenize", #"{"model": "m", "content": "a", "keep_alive": true}"#, 400,
                "Unsupported type: 'bool'; keep_alive is a number of seconds or a duration like \"5m\""
            ),
            ("detokenize", "{}", 400, "model is required"),
            ("detokenize", #"{"model": "m"}"#, 400, "tokens is required: send the numbers of the tokens"),
            ("detokenize", #"{"model": "gone", "tokens": [1]}"#, 404, "model 'gone' not found"),
            (
                "detokenize", #"{"model": "m", "tokens": [1, 4294967296]}"#, 400,
                "token 1 is 4294967296, which is no token of the model"
            ),
            (
                "detokenize", #"{"model": "m", "tokens": ["a"]}"#, 400,
                "json: cannot unmarshal string into Go struct field DetokenizeRequest.tokens of type int"
            ),
            (
                "detokenize", #"{"model": "m", "tokens": [1.5]}"#, 400,
                "json: cannot unmarshal number 1.5 into Go struct field DetokenizeRequest.tokens of type int"
            ),
        ])
    func refused(path: String, body: String, status: Int, message: String) async throws {
        let server = try TestServer(failures: ["gone": .modelNotFound("gone")])
        let reply = try await server.post("/api/\(path)", body)
        #expect(reply.status == status)
        #expect(reply.error == message)
    }
}
