import APITypes
import Generation
import JSON
import Locking
import ModelLibrary
import Options
import OrderedCollections
import Testing

@Suite("Routes of embeddings and ranking")
struct EmbeddingRoutesTests {
    @Test("/api/embed gives a vector for each input, in order, with its counts")
    func embed() async throws {
        let server = try TestServer()
        let reply = try await server.post(
            "/api/embed",
            #"""
            {"model": "m", "input": ["four", "", "seven77"], "truncate": false, "dimensions": 2, "keep_alive": "5m",
            "options": {"num_ctx": 64}}
            """#)
        #expect(reply.status == 200)
        #expect(
            reply.text == #"{"model":"m","embeddings":[[4,0,0.5],[0,1,0.5],[7,2,0.5]],"total_duration":66,"#
                + #""load_duration":11,"prompt_eval_count":9}"#)
        let request = try #require(server.service.record.withLock { $0.embeddings.last })
        #expect(request.inputs == [.text("four"), .text(""), .text("seven77")])
        #expect(!request.truncates && request.dimensions == 2 && request.keepAlive == .duration(.seconds(300)))
        #expect(request.options.numContext == 64 && request.length == .unit)
    }

    @Test(
        "/api/embed without an input only loads",
        arguments: ["", #", "input": """#, #", "input": []"#, #", "input": null"#])
    func loading(input: String) async throws {
        let server = try TestServer()
        let reply = try await server.post("/api/embed", "{\"model\": \"m\"\(input)}")
        #expect(reply.text == #"{"model":"m","embeddings":[]}"#)
        #expect(server.service.record.withLock { $0.embeddings.map(\.inputs) } == [[]])
    }

    @Test("what is no text is refused", arguments: ["5", "[1]", #"["a", 1]"#, #"[["a"]]"#, "true"])
    func otherInputs(input: String) async throws {
        let reply = try await TestServer().post("/api/embed", "{\"model\": \"m\", \"input\": \(input)}")
        #expect(reply.status == 400 && reply.error == "invalid input type")
    }

    @Test("/api/embeddings takes one text, does not cut it, and keeps the model's lengths")
    func legacy() async throws {
        let server = try TestServer()
        let reply = try await server.post("/api/embeddings", #"{"model": "m", "prompt": "four"}"#)
        #expect(reply.text == #"{"embedding":[4,0,0.5]}"#)
        let request = try #require(server.service.record.withLock { $0.embeddings.last })
        #expect(request.inputs == [.text("four")] && !request.truncates && request.length == .model)
        let empty = try await server.post("/api/embeddings", #"{"model": "m"}"#)
        #expect(empty.text == #"{"embedding":[]}"#)
    }

    @Test("/v1/embeddings takes texts and tokens, one or many")
    func openAI() async throws {
        let server = try TestServer()
        let reply = try await server.post("/v1/embeddings", #"{"model": "m", "input": ["four", "seven77"]}"#)
        #expect(
            reply.text == #"{"object":"list","data":[{"object":"embedding","embedding":[4,0,0.5],"index":0},"#
                + #"{"object":"embedding","embedding":[7,1,0.5],"index":1}],"model":"m","#
                + #""usage":{"prompt_tokens":6,"total_tokens":6}}"#)
        let inputs: [(String, [EmbeddingRequest.Input])] = [
            (#""""#, [.text("")]), (#""four""#, [.text("four")]), ("[1, 2]", [.tokens([1, 2])]),
            ("[[1, 2], [3]]", [.tokens([1, 2]), .tokens([3])]),
        ]
        for (input, expected) in inputs {
            let reply = try await server.post("/v1/embeddings", "{\"model\": \"m\", \"input\": \(input)}")
            #expect(reply.status == 200)
            #expect(server.service.record.withLock { $0.embeddings.last?.inputs } == expected)
        }
        for (input, message) in [
            ("[]", "invalid input"), ("null", "invalid input"), ("5", "invalid input type"),
            (#"[1, "a"]"#, "invalid input type"), ("[[]]", "invalid input type"), ("[3000000000]", "is no token"),
        ] {
            let reply = try await server.post("/v1/embeddings", "{\"model\": \"m\", \"input\": \(input)}")
            #expect(reply.status == 400)
            #expect(reply.json?["error"]?["message"]?.stringValue?.contains(message) == true)
        }
    }

    @Test("/v1/embeddings writes base 64 of floats, the lowest byte first")
    func base64() async throws {
        let server = try TestServer()
        let reply = try await server.post(
            "/v1/embeddings", #"{"model": "m", "input": "four", "encoding_format": "BASE64"}"#)
        // struct.pack("<3f", 4, 0, 0.5) in Python.
        #expect(reply.json?["data"]?[0]?["embedding"]?.stringValue == "AACAQAAAAAAAAAA/")
        let other = try await server.post(
            "/v1/embeddings", #"{"model": "m", "input": "four", "encoding_format": "int8"}"#)
        #expect(other.status == 400)
        #expect(
            other.json?["error"]?["message"]?.stringValue
                == "Invalid value for 'encoding_format' = int8. Supported values: ['float', 'base64'].")
    }

    @Test("ranking gives the best documents first", arguments: ["/api/rerank", "/v1/rerank"])
    func rerank(path: String) async throws {
        let server = try TestServer()
        let reply = try await server.post(
            path,
            #"""
            {"model": "m", "query": "q", "documents": ["aa", {"text": "aaaa"}, "aa", "a"], "top_n": 3, "return_documents": true}
            """#)
        #expect(
            reply.text == #"{"object":"list","model":"m","results":["#
                + #"{"index":1,"relevance_score":0.5,"document":{"text":"aaaa"}},"#
                + #"{"index":0,"relevance_score":0.25,"document":{"text":"aa"}},"#
                + #"{"index":2,"relevance_score":0.25,"document":{"text":"aa"}}],"#
                + #""usage":{"prompt_tokens":12,"total_tokens":12}}"#)
        #expect(
            server.service.record.withLock { $0.embeddings.last?.inputs.first } == .pair(query: "q", document: "aa"))
        for body in [
            #"{"model": "m", "documents": ["a"]}"#, #"{"model": "m", "query": "q", "documents": [5]}"#,
            #"{"model": "m", "query": "q", "documents": ["a"], "top_n": 0}"#, #"{"query": "q", "documents": ["a"]}"#,
        ] {
            #expect(try await server.post(path, body).status == 400)
        }
    }

    @Test("failures have the words and statuses that clients know")
    func failures() async throws {
        let server = try TestServer(failures: [
            "gone": .modelNotFound("gone"), "long": .inputTooLong(index: 1, tokens: 600, limit: 512),
            "nan": .notFinite(index: 2),
        ])
        for path in ["/api/embed", "/api/embeddings", "/v1/embeddings"] {
            func failure(_ model: String) async throws -> (Int, String) {
                let reply = try await server.post(
                    path, "{\"model\": \"\(model)\", \"input\": \"a\", \"prompt\": \"a\"}")
                let message = reply.json?["error"]?["message"]?.stringValue ?? reply.error ?? ""
                return (reply.status, message)
            }
            #expect(try await failure("gone") == (404, #"model "gone" not found, try pulling it first"#))
            let long = try await failure("long")
            #expect(
                long.0 == 400 && long.1.hasPrefix("the input length exceeds the context length: input 1 has 600 tokens")
            )
            let nan = try await failure("nan")
            #expect(nan.0 == 400 && nan.1.hasPrefix("embedding contains NaN or Inf values"))
        }
        #expect(try await server.post("/api/embed", "{}").status == 404)
        #expect(try await server.post("/api/embeddings", "{}").error == "model is required")
    }
}
