import APIClient
import APITypes
import Locking
import Logging
import ModelLibrary
import NIOCore
import NIOPosix
import Server
import ServiceLifecycle
import Testing

@Suite("A server's beginning and end", .timeLimit(.minutes(10)))
struct LifetimeTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Takes a port of this machine that nobody else has, for as long as `body` runs.
    private func withTakenPort<Result>(_ body: (Int) async throws -> Result) async throws -> Result {
        let channel = try await ServerBootstrap(group: ServerApplication.sharedEventLoops)
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(try #require(channel.localAddress?.port))
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private func settings(_ server: TestServer, port: Int) -> ServerSettings {
        var settings = ServerSettings(modelsDirectory: server.store.directory)
        settings.address.port = port
        settings.gracePeriod = .milliseconds(200)
        return settings
    }

    @Test("a port that is taken is told in one line")
    func takenPort() async throws {
        let server = try TestServer()
        try await withTakenPort { port in
            let error = await #expect(throws: ServerError.self) {
                try await ServerApplication.run(server.services, settings(server, port: port), logger: logger) {}
            }
            #expect(error == .addressInUse("127.0.0.1:\(port)"))
            #expect(error?.description.hasPrefix("listen tcp 127.0.0.1:\(port): bind: address already in use") == true)
        }
    }

    @Test("a host that is unknown is told in one line")
    func unknownHost() async throws {
        let server = try TestServer()
        var settings = settings(server, port: 0)
        settings.address.host = "no-such-host.invalid"
        let error = await #expect(throws: ServerError.self) {
            try await ServerApplication.run(server.services, settings, logger: logger) {}
        }
        #expect(error == .cannotListen("no-such-host.invalid:0", reason: "the host is unknown"))
    }

    /// Whether the machine has a loopback of version 6.
    private func hasVersion6() async -> Bool {
        let bootstrap = ServerBootstrap(group: ServerApplication.sharedEventLoops)
        guard let channel = try? await bootstrap.bind(host: "::1", port: 0).get() else { return false }
        try? await channel.close()
        return true
    }

    @Test("every interface means both versions of IP", arguments: ["0.0.0.0", "", "::"])
    func everyInterface(host: String) async throws {
        let server = try TestServer()
        var settings = settings(server, port: 0)
        settings.address.host = host
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let group = ServerApplication.group(server.services, settings, logger: logger) { listening.yield($0) }
        let address = settings.address
        let running = Task { try await ServerApplication.run(group, at: address) {} }
        let port = try #require(await ports.first { _ in true })
        for reached in await hasVersion6() ? ["127.0.0.1", "::1"] : ["127.0.0.1"] {
            let client = OllamaClient(address: ServerAddress(host: reached, port: port), version: "test")
            #expect(try await client.version().version == "0.33.0")
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test("running answers get their grace period, then they end and the engines are shut down")
    func shutdown() async throws {
        let server = try TestServer([.text("a"), .hang])
        let settings = settings(server, port: 0)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let isDown = Locked(false)
        let group = ServerApplication.group(server.services, settings, logger: logger) { listening.yield($0) }
        let running = Task {
            try await ServerApplication.run(group, at: settings.address) {
                #expect(server.service.record.withLock { $0.ended } == 1)
                isDown.withLock { $0 = true }
            }
        }
        let port = try #require(await ports.first { _ in true })
        let client = OllamaClient(address: ServerAddress(port: port), version: "test")
        var request = GenerateRequest(model: "m")
        request.prompt = "p"
        var replies = try await client.generate(request).makeAsyncIterator()
        #expect(try await replies.next()?.response == "a")

        let stopped = ContinuousClock.now
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(ContinuousClock.now - stopped >= .milliseconds(150))
        #expect(isDown.withLock { $0 })
        #expect(server.service.record.withLock { $0.cancelled } == 1)
        await #expect(throws: APIClientError.self) { try await client.heartbeat() }
    }
}
