import APITypes
import JSON
import ModelLibrary
import SystemPackage
import Testing

@Suite("Verification by the server")
struct VerifyTests {
    /// The lines that tell of a model, not of progress.
    private func results(_ reply: Reply) -> [JSONValue] { reply.lines.filter { $0["model"] != nil } }

    @Test("all models are verified, or those that are named")
    func sound() async throws {
        let server = try TestServer()
        #expect(try await server.post("/api/verify", "{}").text.isEmpty)
        try await server.addModel("a")
        try await server.addModel("b")
        let all = try await server.post("/api/verify", "{}")
        #expect(all.contentType == "application/x-ndjson")
        #expect(
            results(all) == [["model": "a:latest", "status": "ok"], ["model": "b:latest", "status": "ok"]])
        #expect(all.lines.contains { $0["status"]?.stringValue?.hasPrefix("verifying ") == true })
        #expect(results(try await server.post("/api/verify", #"{"models": ["B"]}"#)).count == 1)
    }

    @Test("a flipped bit is found and told, with the part and its digest")
    func damaged() async throws {
        let server = try TestServer()
        try await server.addModel("m")
        let path = try #require(try server.store.model(named: ModelName("m")).modelPath)
        var bytes = try FileSystem.read(path, limit: 1 << 20)
        bytes[bytes.count - 1] ^= 0x10
        try FileSystem.remove(path)
        let file = try FileDescriptor.open(
            path, .writeOnly, options: .create, permissions: FilePermissions(rawValue: 0o644))
        try file.closeAfter { _ = try file.writeAll(bytes) }
        let result = try #require(results(try await server.post("/api/verify", #"{"models": ["m"]}"#)).first)
        #expect(result["status"] == "damaged")
        #expect(result["damage"]?[0]?["part"] == "model")
        #expect(result["damage"]?[0]?["digest"]?.stringValue.map { path.string.hasSuffix($0.dropFirst(7)) } == true)
        #expect(result["damage"]?[1] == nil)
    }

    @Test("a model that is not there is a 404 with its name, before anything is read")
    func missing() async throws {
        let server = try TestServer()
        try await server.addModel("m")
        let reply = try await server.post("/api/verify", #"{"models": ["m", "absent"]}"#)
        #expect(reply.status == 404)
        #expect(reply.error == "model 'absent' not found")
        #expect(try await server.post("/api/verify", #"{"models": ["a/:b"]}"#).status == 400)
    }
}
