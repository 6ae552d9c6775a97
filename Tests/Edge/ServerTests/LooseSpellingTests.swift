import Chat
import Generation
import HTTPTypes
import JSON
import Locking
import ModelLibrary
import Options
import OrderedCollections
import Testing

/// What a field of a request is, as far as its spellings go.
enum FieldKind: CaseIterable {
    case text, flag, integer, number, texts, objects, object

    /// JSON that says nothing.
    var empty: [String] {
        switch self {
        case .text, .flag, .integer, .number, .object: ["null", #""""#]
        case .texts, .objects: ["null", #""""#, "[]", "{}"]
        }
    }

    /// JSON of other types, numbers beyond what is counted with, and what only looks like a value.
    var wrong: [String] {
        switch self {
        case .text: ["5", "true", #"["x"]"#, #"{"a": 1}"#]
        case .flag: [#""false""#, "1", "[true]", #"{"a": 1}"#]
        case .integer:
            [#""5""#, "true", "1.5", "1e30", "-1e30", "9223372036854775808", #""NaN""#, "[1]", #"{"a": 1}"#]
        case .number: [#""0.5""#, "true", #""NaN""#, "[1]", #"{"a": 1}"#]
        case .texts: ["5", "true", #""x""#, "[1]", "[[]]", #"{"a": 1}"#]
        case .objects: ["5", "true", #""x""#, "[1]", #"["x"]"#, "[null]", #"{"a": 1}"#]
        case .object: ["5", "true", #""x""#, "[1]", "[]"]
        }
    }
}

extension FieldKind {
    /// Nil for those of which more spellings are allowed than for a field.
    init?(_ kind: ModelOption.Kind) {
        switch kind {
        case .integer: self = .integer
        case .number: self = .number
        case .flag: self = .flag
        case .text: self = .text
        case .texts, .biases: return nil
        }
    }
}

/// A route and what its body may hold.
struct RouteFields: CustomTestStringConvertible, Sendable {
    let method: HTTPRequest.Method
    let path: String
    /// The body up to its last brace: enough to be carried out.
    let body: String
    let fields: [(String, FieldKind)]

    init(_ path: String, method: HTTPRequest.Method = .post, _ body: String, _ fields: [(String, FieldKind)]) {
        self.method = method
        self.path = path
        self.body = body
        self.fields = fields
    }

    var testDescription: String { path }

    static let shared: [(String, FieldKind)] = [
        ("stream", .flag), ("options", .object), ("truncate", .flag), ("shift", .flag), ("logprobs", .flag),
        ("top_logprobs", .integer),
    ]

    static let generating = [
        RouteFields(
            "/api/generate", #"{"model": "m", "prompt": "p""#,
            shared + [
                ("suffix", .text), ("system", .text), ("template", .text), ("raw", .flag), ("images", .texts),
            ]),
        RouteFields(
            "/api/chat", #"{"model": "m", "messages": [{"role": "user", "content": "c"}]"#,
            shared + [("tools", .objects)]),
        RouteFields(
            "/v1/chat/completions", #"{"model": "m", "messages": [{"role": "user", "content": "c"}]"#,
            [
                ("stream", .flag), ("stream_options", .object), ("max_tokens", .integer),
                ("max_completion_tokens", .integer), ("temperature", .number), ("top_p", .number), ("seed", .integer),
                ("frequency_penalty", .number), ("presence_penalty", .number), ("response_format", .object),
                ("tools", .objects), ("reasoning_effort", .text), ("reasoning", .object), ("logprobs", .flag),
                ("top_logprobs", .integer), ("n", .integer), ("logit_bias", .object), ("parallel_tool_calls", .flag),
                ("modalities", .texts),
            ]),
        RouteFields(
            "/v1/completions", #"{"model": "m", "prompt": "p""#,
            [
                ("stream", .flag), ("stream_options", .object), ("max_tokens", .integer), ("temperature", .number),
                ("top_p", .number), ("seed", .integer), ("frequency_penalty", .number), ("presence_penalty", .number),
                ("response_format", .object), ("logprobs", .integer), ("n", .integer), ("best_of", .integer),
                ("logit_bias", .object), ("suffix", .text), ("echo", .flag), ("raw", .flag),
            ]),
        RouteFields(
            "/v1/messages", #"{"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "c"}]"#,
            [
                ("stream", .flag), ("temperature", .number), ("top_p", .number), ("top_k", .integer),
                ("stop_sequences", .texts), ("tools", .objects), ("thinking", .object), ("output_config", .object),
                ("output_format", .object), ("tool_choice", .object),
            ]),
    ]

    static let others = [
        RouteFields("/api/show", #"{"model": "m""#, [("verbose", .flag), ("system", .text), ("options", .object)]),
        RouteFields("/api/pull", #"{"model": "m""#, [("insecure", .flag), ("stream", .flag)]),
        RouteFields(
            "/api/embed", #"{"model": "m", "input": "a""#,
            [("truncate", .flag), ("dimensions", .integer), ("options", .object)]),
        RouteFields("/api/embeddings", #"{"model": "m""#, [("prompt", .text), ("options", .object)]),
        RouteFields(
            "/v1/embeddings", #"{"model": "m", "input": "a""#, [("dimensions", .integer), ("encoding_format", .text)]),
        RouteFields(
            "/v1/rerank", #"{"model": "m", "query": "q", "documents": ["a"]"#,
            [("top_n", .integer), ("return_documents", .flag), ("truncate", .flag), ("options", .object)]),
        RouteFields(
            "/api/create", #"{"model": "n", "from": "m""#,
            [
                ("files", .object), ("adapters", .object), ("draft_files", .object), ("draft", .text),
                ("template", .text), ("system", .text), ("renderer", .text), ("parser", .text), ("requires", .text),
                ("parameters", .object), ("messages", .objects), ("quantize", .text), ("quantization", .text),
                ("stream", .flag),
            ]),
    ]

    /// Names of models, which are never left out.
    static let names = [
        RouteFields("/api/generate", "{", [("model", .text), ("prompt", .text)]),
        RouteFields("/api/chat", "{", [("model", .text), ("messages", .objects)]),
        RouteFields("/v1/chat/completions", "{", [("model", .text), ("messages", .objects)]),
        RouteFields("/v1/completions", "{", [("model", .text)]),
        RouteFields("/v1/messages", "{", [("model", .text), ("messages", .objects)]),
        RouteFields("/v1/messages/count_tokens", "{", [("model", .text), ("messages", .objects)]),
        RouteFields("/api/embed", "{", [("model", .text)]),
        RouteFields("/v1/embeddings", "{", [("model", .text)]),
        RouteFields("/api/rerank", "{", [("model", .text), ("query", .text)]),
        RouteFields("/api/show", "{", [("model", .text), ("name", .text)]),
        RouteFields("/api/pull", "{", [("model", .text), ("name", .text)]),
        RouteFields("/api/create", "{", [("model", .text), ("name", .text), ("from", .text)]),
        RouteFields("/api/copy", "{", [("source", .text), ("destination", .text)]),
        RouteFields("/api/delete", method: .delete, "{", [("model", .text), ("name", .text)]),
    ]

    func with(_ field: String, _ value: String) -> String {
        body + (body == "{" ? "" : ", ") + #""\#(field)": \#(value)}"#
    }
}

/// A place where every model is, and which stores none.
private struct EverySource: ModelSource {
    func pull(
        _ reference: ModelReference, into store: ModelStore, options: PullOptions, report: ProgressReport
    ) async throws {
        try await report(.success)
    }
}

@Suite("Spellings of clients")
struct LooseSpellingTests {
    @Test("a field that is empty asks for the same as one that is left out", arguments: RouteFields.generating)
    func emptyFields(route: RouteFields) async throws {
        let server = try TestServer([.finished])
        _ = try await server.post(route.path, route.body + "}")
        let wanted = try #require(server.service.lastRequest)
        let unions = [
            "format": ["null", #""""#, "{}"], "keep_alive": ["null", #""""#], "think": ["null", #""""#],
            "context": ["null", #""""#, "[]", "{}"], "stop": ["null", #""""#], "tool_choice": ["null", #""""#],
        ]
        let fields = route.fields.map { ($0, $1.empty) } + unions.map { ($0, $1) }
        for (name, spellings) in fields {
            for spelling in spellings {
                let reply = try await server.post(route.path, route.with(name, spelling))
                #expect(reply.status == 200, "\(name): \(spelling): \(reply.text)")
                #expect(server.service.lastRequest == wanted, "\(name): \(spelling)")
            }
        }
        #expect(server.service.record.withLock { $0.requests.count } > fields.count)
    }

    @Test("so it is with models: they are shown, pulled and made as without the field", arguments: RouteFields.others)
    func emptyFieldsOfModels(route: RouteFields) async throws {
        let server = try TestServer(source: EverySource())
        try await server.addModel("m")
        for (name, kind) in route.fields {
            for spelling in kind.empty {
                let reply = try await server.post(route.path, route.with(name, spelling))
                #expect(reply.status == 200, "\(name): \(spelling): \(reply.text)")
                #expect(!reply.text.contains(#""error""#), "\(name): \(spelling): \(reply.text)")
            }
        }
    }

    @Test("a name that is empty is answered as one that is left out", arguments: RouteFields.names)
    func emptyNames(route: RouteFields) async throws {
        let server = try TestServer([.finished])
        let missing = try await server.exchange(route.method, route.path, "{}")
        #expect([400, 404].contains(missing.status))
        for (name, kind) in route.fields {
            for spelling in kind.empty {
                let reply = try await server.exchange(route.method, route.path, route.with(name, spelling))
                let isSame = reply.status == missing.status && reply.json?["error"] == missing.json?["error"]
                #expect(isSame, "\(name): \(spelling)")
            }
        }
    }

    @Test(
        "a value of another type is the client's mistake, and its name is said",
        arguments: RouteFields.generating + RouteFields.others + RouteFields.names)
    func wrongTypes(route: RouteFields) async throws {
        let server = try TestServer([.finished])
        try await server.addModel("m")
        for (name, kind) in route.fields {
            for value in kind.wrong {
                let reply = try await server.exchange(route.method, route.path, route.with(name, value))
                #expect(reply.status == 400, "\(name): \(value): \(reply.text)")
                let message = reply.error ?? reply.json?["error"]?["message"]?.stringValue ?? ""
                #expect(message.contains(name), "\(name): \(value): \(reply.text)")
            }
        }
    }

    @Test(
        "options of another type are a 400 that names them",
        arguments: OptionCatalog.shared.all.compactMap { option in FieldKind(option.kind).map { (option.name, $0) } })
    func options(name: String, kind: FieldKind) async throws {
        let server = try TestServer([.finished])
        // A fraction is cut, as Ollama cuts it.
        for value in kind.wrong where value != "1.5" {
            for path in ["/api/generate", "/api/chat"] {
                let reply = try await server.post(
                    path,
                    #"{"model": "m", "prompt": "p", "messages": [{"role": "user"}], "options": {"\#(name)": \#(value)}}"#
                )
                #expect(reply.status == 400, "\(value)")
                #expect(reply.error?.contains(#""\#(name)""#) == true, "\(value): \(reply.text)")
            }
        }
        for value in kind.empty {
            let reply = try await server.post(
                "/api/generate", #"{"model": "m", "prompt": "p", "options": {"\#(name)": \#(value)}}"#)
            #expect(reply.status == 200, "\(value): \(reply.text)")
        }
    }

    @Test(
        "fields of messages on the native route",
        arguments: [
            ("role", FieldKind.text), ("content", .text), ("thinking", .text), ("images", .texts),
            ("tool_calls", .objects), ("tool_name", .text), ("tool_call_id", .text),
        ])
    func messages(name: String, kind: FieldKind) async throws {
        let server = try TestServer([.finished])
        for (values, status) in [(kind.empty, 200), (kind.wrong, 400)] {
            for value in values {
                let reply = try await server.post(
                    "/api/chat", #"{"model": "m", "messages": [{"role": "user", "\#(name)": \#(value)}]}"#)
                #expect(reply.status == status, "\(value): \(reply.text)")
                #expect(status == 200 || reply.error?.contains("messages.\(name)") == true, "\(value): \(reply.text)")
            }
        }
    }

    /// JSON of a call's arguments, and what it means; nil is refused.
    private static let argumentSpellings: [(String, JSONObject?)] = [
        (#"{"a": 1}"#, ["a": 1]), (#""{\"a\": 1}""#, ["a": 1]), (#""""#, [:]), ("null", [:]), ("[]", [:]), ("{}", [:]),
        (#""{}""#, [:]), (#""[]""#, [:]), (#""null""#, [:]), (#""  ""#, [:]), (#""{bad""#, nil), (#""5""#, nil),
        ("5", nil), ("[1]", nil), ("true", nil),
    ]

    @Test(
        "a call's arguments are an object or its text on both routes",
        arguments: ["/api/chat", "/v1/chat/completions"], argumentSpellings)
    func callArguments(path: String, spelling: (String, JSONObject?)) async throws {
        let server = try TestServer([.finished])
        let reply = try await server.post(
            path,
            #"""
            {"model": "m", "messages": [{"role": "assistant", "content": "",
            "tool_calls": [{"function": {"name": "f", "arguments": \#(spelling.0)}}]}]}
            """#)
        guard let arguments = spelling.1 else {
            #expect(reply.status == 400)
            #expect(reply.text.contains("arguments"))
            return
        }
        guard case .conversation(let conversation)? = server.service.lastRequest?.input else {
            Issue.record("no conversation: \(reply.text)")
            return
        }
        #expect(conversation.messages.first?.toolCalls.map(\.arguments) == [arguments])
    }

    @Test(
        "what is endless is not repeated in the error",
        arguments: [
            ("/api/chat", #""messages": [{"role": "user"}], "keep_alive": "$""#),
            ("/api/chat", #""messages": [{"role": "user"}], "keep_alive": "1$""#),
            ("/api/chat", #""messages": [{"role": "user"}], "think": "$""#),
            ("/api/chat", #""messages": [{"role": "user"}], "format": "$""#),
            ("/api/chat", #""messages": [{"role": "user"}], "format": ["$"]"#),
            ("/api/chat", #""messages": [{"tool_calls": [{"function": {"arguments": "$"}}]}]"#),
            ("/api/chat", #""messages": [{"role": "user", "images": ["$*"]}]"#),
            ("/api/chat", #""messages": [{"role": "user"}], "options": {"seed": "$"}"#),
            ("/api/chat", #""messages": [{"role": "user"}], "top_logprobs": #"#),
            ("/api/chat", #""messages": [{"role": "user"}], "keep_alive": #"#),
            ("/api/chat", #""messages": [{"role": "user"}], "options": {"num_ctx": #}"#),
            ("/api/generate", #""prompt": "x", "context": [#]"#), ("/api/generate", #""prompt": "x", "$$": "#),
            ("/api/copy", #""source": "$""#), ("/api/copy", #""source": "a", "destination": "$""#),
            ("/api/show", #""name": "$""#), ("/api/pull", #""name": "$""#),
            ("/api/create", #""from": "$""#), ("/api/create", #""from": "m", "draft": "$""#),
            ("/api/create", #""files": {"$": "$"}"#), ("/api/create", #""from": "m", "parameters": {"seed": "$"}"#),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": [{"type": "$"}]}]"#),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": "x"}], "tool_choice": "$""#),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": "x"}], "logit_bias": {"$": 1}"#),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": "x"}], "modalities": ["$"]"#),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": "x"}], "reasoning_effort": "$""#),
            (
                "/v1/chat/completions",
                #""messages": [{"role": "user", "content": "x"}], "response_format": {"type": "$"}"#
            ),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": "x"}], "max_tokens": #"#),
            ("/v1/messages", #""messages": [{"role": "$", "content": "x"}]"#),
            (
                "/v1/messages",
                #""messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "$"}}]}]"#
            ),
            ("/v1/messages", #""messages": [{"role": "user", "content": "x"}], "tools": [{"type": "$"}]"#),
            ("/v1/messages", #""messages": [{"role": "user", "content": "x"}], "tool_choice": {"type": "$"}"#),
            ("/v1/messages", #""messages": [{"role": "user", "content": "x"}], "output_config": {"effort": "$"}"#),
            ("/v1/messages", #""messages": [{"role": "user", "content": "x"}], "max_tokens": #"#),
            ("/v1/chat/completions", #""messages": [{"role": "user", "content": "x"}], "temperature": -#"#),
        ])
    func endlessValues(path: String, fields: String) async throws {
        let long = String(repeating: "z", count: 100_000)
        let digits = String(repeating: "9", count: 1_000_000)
        let body = #"{"model": "a", \#(fields)}"#.replacing("$", with: long).replacing("#", with: digits)
        let server = try TestServer([.finished])
        let reply = try await server.post(path, body)
        #expect((400..<500).contains(reply.status), "\(reply.status)")
        #expect(reply.text.utf8.count < 1000, "\(reply.text.prefix(300))")
    }

    @Test(
        "integers may be written as other numbers; options lose their fraction",
        arguments: [("7.9", 7), ("1e3", 1000), ("-0.0", 0), ("-1.5", -1), ("9.2e18", 9_200_000_000_000_000_000)])
    func integers(text: String, value: Int) async throws {
        let server = try TestServer([.finished])
        _ = try await server.post(
            "/api/generate", #"{"model": "m", "prompt": "p", "options": {"num_predict": \#(text)}}"#)
        #expect(server.service.lastRequest?.options.numPredict == value)
        let reply = try await server.post(
            "/api/generate", #"{"model": "m", "prompt": "p", "context": [\#(text)]}"#)
        let isToken = Double(text).flatMap { Int32(exactly: $0) } != nil
        #expect(reply.status == (isToken ? 200 : 400), "\(reply.text)")
    }

    @Test("white space around a model's name is passed over on every route")
    func blankNames() async throws {
        let server = try TestServer([.finished], source: EverySource())
        try await server.addModel("m")
        for (path, body) in [
            ("/api/generate", #""model": " m\n", "prompt": "x""#), ("/api/show", #""model": " m ""#),
            ("/api/chat", #""model": "m ", "messages": [{"role": "user"}]"#), ("/api/pull", #""name": " m ""#),
            ("/v1/chat/completions", #""model": " m", "messages": [{"role": "user", "content": "x"}]"#),
            ("/api/copy", #""source": " m ", "destination": " n ""#),
            ("/api/create", #""model": " o ", "from": " m ", "stream": false"#),
        ] {
            let reply = try await server.post(path, "{\(body)}")
            #expect(reply.status == 200, "\(path): \(reply.text)")
        }
        #expect(try await server.exchange(.delete, "/api/delete", #"{"model": " n "}"#).status == 200)
    }
}
