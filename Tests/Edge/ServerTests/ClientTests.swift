import APIClient
import APITypes
import GGUF
import Generation
import Hummingbird
import HummingbirdTesting
import Locking
import ModelLibrary
import NIOCore
import NIOPosix
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Answers whatever comes with the same bytes.
private final class FixedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String

    init(_ answer: String) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    }
}

@Suite("The client against a live server", .timeLimit(.minutes(10)))
struct ClientTests {
    private func withClient(
        _ server: TestServer, _ body: @Sendable (OllamaClient) async throws -> Void
    ) async throws {
        try await server.application().test(.live) { live in
            let address = ServerAddress(host: "127.0.0.1", port: try #require(live.port))
            try await body(OllamaClient(address: address, version: "test"))
        }
    }

    @Test("answers arrive piece by piece")
    func streams() async throws {
        let server = try TestServer([.text("Hel"), .text("lo"), .finished])
        try await withClient(server) { client in
            try await client.heartbeat()
            #expect(try await client.version().version == "0.33.0")
            var request = GenerateRequest(model: "m")
            request.prompt = "p"
            var replies: [GenerateResponse] = []
            for try await reply in try await client.generate(request) { replies.append(reply) }
            #expect(replies.map(\.response) == ["Hel", "lo", ""])
            #expect(replies.last?.metrics.evalCount == 3)
            var text = ""
            for try await reply in try await client.chat(
                ChatRequest(model: "m", messages: [ChatMessage(role: "user", content: "hi")]))
            {
                text += reply.message.content
            }
            #expect(text == "Hello")
        }
    }

    @Test("models are uploaded, created, listed, shown, copied and deleted")
    func models() async throws {
        let server = try TestServer()
        try await withClient(server) { client in
            let bytes = try TestServer.tinyModel().bytes()
            let digest = Digest(hashing: bytes).description
            let path = server.directory.appending("upload.gguf")
            try TestServer.tinyModel().write(to: path)
            #expect(try await client.hasBlob(digest) == false)
            let sent = Locked(0)
            try await client.uploadBlob(path, digest: digest) { count in sent.withLock { $0 = count } }
            #expect(sent.withLock { $0 } == bytes.count)
            #expect(try await client.hasBlob(digest))
            var creation = CreateRequest(model: "a")
            creation.files = [CreateFile(path: "upload.gguf", digest: digest)]
            creation.system = "s"
            var statuses: [String] = []
            for try await step in try await client.create(creation) { statuses.append(step.status) }
            #expect(statuses.last == "success")
            #expect(try await client.list().models.map(\.name) == ["a:latest"])
            #expect(try await client.show(ShowRequest(model: "a")).system == "s")
            var verified: [String] = []
            for try await line in try await client.verify(VerifyRequest(models: ["a"])) where !line.model.isEmpty {
                verified.append("\(line.model) \(line.status) \(line.damage.count)")
            }
            #expect(verified == ["a:latest ok 0"])
            try await client.copy(CopyRequest(source: "a", destination: "b"))
            try await client.delete(DeleteRequest(model: "a"))
            #expect(try await client.list().models.map(\.name) == ["b:latest"])
            #expect(try await client.loadedModels().models.isEmpty)
        }
    }

    @Test("a refusal has the server's words and its status line")
    func refusals() async throws {
        try await withClient(TestServer([.fail(.unsupportedCapability(model: "m", capability: "thinking"))])) {
            client in
            let error = await #expect(throws: APIClientError.self) {
                _ = try await client.chat(
                    ChatRequest(model: "m", messages: [ChatMessage(role: "user", content: "hi")]))
            }
            #expect(error?.description == #""m" does not support thinking"#)
            #expect(error?.statusLine == "400 Bad Request")
            let missing = await #expect(throws: APIClientError.self) { try await client.show(ShowRequest(model: "x")) }
            #expect(missing?.isNotFound == true)
        }
    }

    @Test("an error in the middle of a stream ends it with the server's words")
    func lateFailure() async throws {
        try await withClient(TestServer([.text("a"), .fail(.engineFailed("x"))])) { client in
            var request = GenerateRequest(model: "m")
            request.prompt = "p"
            var texts: [String] = []
            let stream = try await client.generate(request)
            let error = await #expect(throws: APIClientError.self) {
                for try await reply in stream { texts.append(reply.response) }
            }
            #expect(texts == ["a"])
            #expect(error == .failed(message: "an error was encountered while running the model: x"))
        }
    }

    @Test(
        "an answer with a status that HTTP does not have is an error, not the end of the command",
        arguments: ["042", "000", "101"])
    func invalidStatus(status: String) async throws {
        let answer = "HTTP/1.1 \(status) X\r\nContent-Length: 1\r\n\r\nx"
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FixedAnswer(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = ServerAddress(host: "127.0.0.1", port: try #require(server.localAddress?.port))
        let error = await #expect(throws: APIClientError.self) {
            _ = try await OllamaClient(address: address, version: "test").list()
        }
        #expect(error?.description.contains("which HTTP does not have") == true)
        try await server.close()
    }

    @Test("nobody at the address is told in one line")
    func unreachable() async throws {
        let client = OllamaClient(address: ServerAddress(host: "127.0.0.1", port: 1), version: "test")
        let error = await #expect(throws: APIClientError.self) { try await client.heartbeat() }
        #expect(
            error?.description
                == "could not connect to a server at http://127.0.0.1:1, run 'apus serve' to start it")
    }

    @Test(
        "an address that names no host is one that nobody is at",
        arguments: [
            "[", "]", "[]]", "[]", "[]:80", "[::1]x", "http://[::1", "a b", "@", "user@h", "h:1:2", "x\u{0}y", "\u{7}",
            "h%", "é",
        ])
    func noHost(text: String) async throws {
        let address = ServerAddress(parsing: text)
        #expect(!address.namesHost)
        let error = await #expect(throws: APIClientError.self) {
            try await OllamaClient(address: address, version: "test").heartbeat()
        }
        #expect(error == .unreachable(address: address.description, reason: "the address names no host"))
    }

    @Test("leaving a stream ends the request")
    func leaving() async throws {
        let server = try TestServer([.text("a"), .hang])
        try await withClient(server) { client in
            var request = GenerateRequest(model: "m")
            request.prompt = "p"
            for try await _ in try await client.generate(request) { break }
            #expect(try await eventually { server.service.record.withLock { $0.ended } == 1 })
        }
    }

    @Test("a pipe is not sent, and not waited for")
    func pipe() async throws {
        let server = try TestServer()
        let path = server.directory.appending("pipe")
        try #require(path.withPlatformString { mkfifo($0, 0o600) } == 0)
        try await withClient(server) { client in
            await #expect(throws: APIClientError.self) {
                try await client.uploadBlob(path, digest: Digest(hashing: []).description)
            }
        }
    }
}
