import APITypes
import Generation
import HTTPTypes
import JSON
import Server
import Testing

@Suite("Failures")
struct FailureTests {
    @Test(
        "a request that cannot be read or carried out",
        arguments: [
            ("/api/generate", "", 400, "missing request body"),
            ("/api/generate", "x", 400, "invalid character 'x' looking for beginning of value"),
            ("/api/generate", #"{"model": "m""#, 400, "unexpected EOF"),
            ("/api/generate", "{}", 404, "model '' not found"),
            ("/api/generate", #"{"model": "a/:b", "prompt": "x"}"#, 400, "invalid model name"),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "raw": true, "system": "s"}"#, 400,
                "raw mode does not support template, system, or context"
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "top_logprobs": 21}"#, 400,
                "top_logprobs must be between 0 and 20"
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "format": "json", "regex": "a"}"#, 400,
                FailureText.severalForms
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"seed": "x"}}"#, 400,
                #"option "seed" must be of type integer"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"temperature": true}}"#, 400,
                #"option "temperature" must be of type float32"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"top_p": "0.5"}}"#, 400,
                #"option "top_p" must be of type float32"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"num_ctx": 1e30}}"#, 400,
                #"option "num_ctx" must be of type integer"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "format": "yaml"}"#, 400,
                #"invalid format: "\"yaml\""; expected "json" or a valid JSON Schema object"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"stop": [1]}}"#, 400,
                #"option "stop" must be of an array of strings"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"use_mmap": 1}}"#, 400,
                #"option "use_mmap" must be of type boolean"#
            ),
            (
                "/api/generate", #"{"model": "m", "prompt": "p", "stream": "x"}"#, 400,
                "json: cannot unmarshal string into Go struct field GenerateRequest.stream of type bool"
            ),
            ("/api/chat", #"{"messages": []}"#, 400, "model is required"),
            ("/api/show", "{}", 400, "model is required"),
            ("/api/show", #"{"model": "x"}"#, 404, "model 'x:latest' not found"),
            ("/api/copy", #"{"source": "", "destination": "b"}"#, 400, #"source "" is invalid"#),
            ("/api/copy", #"{"source": "a", "destination": "/"}"#, 400, #"destination "/" is invalid"#),
            ("/api/copy", #"{"source": "a", "destination": "b"}"#, 404, #"model "a" not found"#),
            ("/api/pull", "{}", 400, "invalid model name"),
            ("/api/create", "{}", 400, "invalid model name"),
            ("/api/create", #"{"model": "m"}"#, 400, "neither 'from' or 'files' was specified"),
            ("/api/create", #"{"model": "m", "files": {"a.gguf": "sha256:1"}}"#, 400, "invalid digest format"),
            (
                "/api/create", #"{"model": "m", "from": "x", "parameters": {"seed": "x"}}"#, 400,
                #"option "seed" must be of type integer"#
            ),
            (
                "/api/create", #"{"model": "m", "from": "x", "info": {"a": 1}}"#, 400,
                #""info" is not supported; leave it out"#
            ),
        ])
    func badRequests(path: String, body: String, status: Int, message: String) async throws {
        let reply = try await TestServer([.finished]).post(path, body)
        #expect(reply.status == status)
        #expect(reply.error == message)
        #expect(reply.contentType == "application/json; charset=utf-8")
    }

    @Test("deleting names its own failures")
    func badDeletes() async throws {
        let server = try TestServer()
        for (body, status, message) in [
            ("{}", 400, "model is required"), (#"{"name": "/"}"#, 400, #"name "/" is invalid"#),
            (#"{"model": "x"}"#, 404, "model 'x' not found"),
        ] {
            let reply = try await server.exchange(.delete, "/api/delete", body)
            #expect(reply.status == status)
            #expect(reply.error == message)
        }
    }

    @Test(
        "each error of a generation has its status and words",
        arguments: [
            (GenerationError.modelNotFound("x"), 404, "model 'M' not found"),
            (.unsupportedCapability(model: "x", capability: "thinking"), 400, #""M" does not support thinking"#),
            (
                .unsupportedCapability(model: "x:1b", capability: "tools"), 400,
                "registry.ollama.ai/library/x:1b does not support tools"
            ),
            (.promptTooLong(tokens: 9, limit: 8), 400, FailureText.promptTooLong),
            (.imagesUnsupported(model: "x"), 400, #""M" does not support images; send text only"#),
            (.overloaded, 503, "server busy, please try again.  maximum pending requests exceeded"),
            (.shuttingDown, 503, FailureText.shuttingDown),
            (
                .outOfMemory(model: "x", reason: "9 GiB needed"), 500,
                "model requires more system memory than is available: 9 GiB needed"
            ),
            (.engineFailed("why"), 500, "an error was encountered while running the model: why"),
            (.promptFailed("roles must alternate"), 400, "roles must alternate"),
            (.templateUnusable("template: line 1"), 500, "template: line 1"),
            (
                .draftUnusable(draft: "small", reason: "it was not found; pull it first"), 400,
                "draft model 'small' cannot be used: it was not found; pull it first"
            ),
            (.modelUnusable(model: "x", reason: "why"), 500, "unable to load model 'M': why"),
        ])
    func generationErrors(error: GenerationError, status: Int, message: String) async throws {
        for stream in [true, false] {
            let reply = try await TestServer([.fail(error)]).post(
                "/api/generate", #"{"model": "M", "prompt": "p", "stream": \#(stream)}"#)
            #expect(reply.status == status)
            #expect(reply.error == message)
        }
    }

    @Test("an error after the first line is the last line")
    func lateFailure() async throws {
        let server = try TestServer([.text("a"), .fail(.engineFailed("x"))])
        let reply = try await server.post("/api/generate", #"{"model": "m", "prompt": "p"}"#)
        #expect(reply.status == 200)
        #expect(reply.lines.count == 2)
        #expect(reply.lines[1] == ["error": "an error was encountered while running the model: x"])
    }

    @Test("unknown paths and wrong methods answer in plain text")
    func unknownPaths() async throws {
        let server = try TestServer()
        let unknown = try await server.exchange(.get, "/api/nothing")
        #expect(unknown.status == 404)
        #expect(unknown.text == "404 page not found")
        for (method, path) in [(HTTPRequest.Method.get, "/api/chat"), (.post, "/api/tags"), (.put, "/api/blobs/x")] {
            let refused = try await server.exchange(method, path)
            #expect(refused.status == 405)
            #expect(refused.text == "405 method not allowed")
        }
    }

    @Test("the root, the version, and their heads")
    func root() async throws {
        let server = try TestServer()
        #expect(try await server.exchange(.get, "/").text == "Ollama is running")
        #expect(try await server.exchange(.get, "/api/version").text == #"{"version":"0.33.0"}"#)
        for path in ["/", "/api/version", "/api/tags"] {
            let head = try await server.exchange(.head, path)
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
        }
    }

    @Test("a failed HEAD has no body, so that the next answer on its connection is understood")
    func heads() async throws {
        let server = try TestServer()
        let blob = "/api/blobs/sha256:\(String(repeating: "0", count: 64))"
        for (path, status) in [(blob, 404), ("/api/blobs/sha256:12", 400), ("/nothing", 404), ("/api/chat", 405)] {
            let head = try await server.exchange(.head, path)
            #expect(head.status == status, "\(path)")
            #expect(head.text.isEmpty, "\(path)")
        }
    }
}
