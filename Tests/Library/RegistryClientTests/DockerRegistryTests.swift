import AsyncHTTPClient
import LibraryTestSupport
import ModelLibrary
import NIOCore
import NIOHTTP1
import PackageIndexClient
import RegistryClient
import SystemPackage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Debian's `docker-registry` on a port of loopback, with its files in a folder of the test.
private struct DockerRegistry {
    static let program = ["/usr/bin/docker-registry", "/usr/local/bin/docker-registry"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let host: String
    private let server: Task<Void, any Error>
    private let cancellation = CancellationFlag()

    init(program: String, in folder: TemporaryStore) throws {
        let port = Int.random(in: 20_000..<32_000)
        host = "127.0.0.1:\(port)"
        let configuration = """
            version: 0.1
            log: {level: error}
            storage: {filesystem: {rootdirectory: \(folder.root.appending("registry").string)}}
            http: {addr: \(host)}
            """
        let path = try folder.write(Array(configuration.utf8), to: "registry.yml")
        let process = ChildProcess(
            program: program, arguments: ["serve", path.string],
            environment: ["PATH": "/usr/bin:/bin", "OTEL_TRACES_EXPORTER": "none"])
        let cancellation = cancellation
        server = Task {
            try await BlockingThreads.shared.run {
                _ = try process.run {
                    try cancellation.check()
                } line: { _ in
                }
            }
        }
    }

    func stop() async {
        cancellation.cancel()
        _ = await server.result
    }

    func waitUntilReady() async throws {
        let isReady = try await eventually {
            let response = try? await send(.init(url: "http://\(host)/v2/"))
            return response?.status == .ok
        }
        guard isReady else { throw RegistryError.unreachable(host: host, reason: "docker-registry does not start") }
    }

    /// Puts a model into the registry by its plain protocol.
    func push(_ model: FakeRegistry, as repository: String, tag: String) async throws {
        for (digest, bytes) in model.blobs {
            var start = HTTPClientRequest(url: "http://\(host)/v2/\(repository)/blobs/uploads/")
            start.method = .POST
            let location = try #require(try await send(start).headers.first(name: "Location"))
            let address = try HTTPAddress("http://\(host)/").resolving(location).text
            var upload = HTTPClientRequest(url: address + (address.contains("?") ? "&" : "?") + "digest=\(digest)")
            upload.method = .PUT
            upload.headers.add(name: "Content-Type", value: "application/octet-stream")
            upload.body = .bytes(ByteBuffer(bytes: bytes))
            #expect(try await send(upload).status == .created)
        }
        var manifest = HTTPClientRequest(url: "http://\(host)/v2/\(repository)/manifests/\(tag)")
        manifest.method = .PUT
        manifest.headers.add(name: "Content-Type", value: MediaType.manifest.text)
        manifest.body = .bytes(ByteBuffer(bytes: model.manifest.bytes))
        #expect(try await send(manifest).status == .created)
    }

    private func send(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        let response = try await HTTPClient.shared.execute(request, deadline: .now() + .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 20)
        return response
    }
}

@Suite("A real registry", .enabled(if: DockerRegistry.program != nil))
struct DockerRegistryTests {
    @Test("a model that lies in docker-registry is pulled, taken up again, and missing ones are told")
    func pull() async throws {
        let folder = try TemporaryStore()
        let registry = try DockerRegistry(program: try #require(DockerRegistry.program), in: folder)
        do {
            try await registry.waitUntilReady()
            try await check(registry, in: folder)
        } catch {
            await registry.stop()
            throw error
        }
        await registry.stop()
    }

    private func check(_ registry: DockerRegistry, in folder: TemporaryStore) async throws {
        let model = try FakeRegistry()
        try await registry.push(model, as: "user/tiny", tag: "q4")
        let digest = model.manifest.layers[0].digest
        let size = model.weights.count
        // An earlier pull has left half of the weights.
        let half = size / 2
        let partial = Array(model.weights[..<half]) + [UInt8](repeating: 0, count: size - half)
        try folder.write(partial, to: "models/blobs/sha256-\(digest.hex)-partial")
        try folder.write(
            Array(#"{"N":0,"Offset":0,"Size":\#(size),"Completed":\#(half)}"#.utf8),
            to: "models/blobs/sha256-\(digest.hex)-partial-0")

        let client = RegistryClient(.init(keyPath: folder.root.appending("key")))
        let reference = try ModelReference("http://\(registry.host)/user/tiny:q4")
        try await client.pull(reference, into: folder.store, options: .init(insecure: true)) { _ in }
        let stored = try folder.store.model(named: reference.name)
        #expect(try FileSystem.read(#require(stored.modelPath), limit: 10_000_000) == model.weights)
        #expect(stored.digest == Digest(hashing: model.manifest.bytes))
        #expect(stored.system == "Be brief.")
        #expect(try folder.storeFiles.count == 4)

        let absent = try ModelReference("\(registry.host)/user/absent")
        await #expect(throws: RegistryError.notFound) {
            try await client.pull(absent, into: folder.store, options: .init(insecure: true)) { _ in }
        }
    }
}
