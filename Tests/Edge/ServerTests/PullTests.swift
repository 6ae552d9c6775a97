import APITypes
import JSON
import ModelLibrary
import Testing

@Suite("POST /api/pull")
struct PullTests {
    /// A source that reports what the test says and then fails, or does not.
    private struct ScriptedSource: ModelSource {
        var steps: [TransferProgress] = []
        var error: ModelLibraryError?

        func pull(
            _ reference: ModelReference, into store: ModelStore, options: PullOptions, report: ProgressReport
        ) async throws {
            for step in steps { try await report(step) }
            if let error { throw error }
        }
    }

    private static let digest = Digest(hashing: [1])
    private static let steps: [TransferProgress] = [
        .pullingManifest, .pulling(digest, completed: 0, total: 9), .pulling(digest, completed: 9, total: 9),
        .verifying, .writingManifest, .success,
    ]

    @Test("streams the steps, ends with success")
    func stream() async throws {
        let server = try TestServer(source: ScriptedSource(steps: Self.steps))
        let reply = try await server.post("/api/pull", #"{"model": "m"}"#)
        #expect(reply.contentType == "application/x-ndjson")
        #expect(reply.lines.first == ["status": "pulling manifest"])
        #expect(
            reply.lines.contains([
                "status": .string("pulling \(Self.digest.short)"), "digest": .string(Self.digest.description),
                "total": 9,
                "completed": 9,
            ]))
        #expect(reply.lines.last == ["status": "success"])
    }

    @Test("without a stream only the last step is the answer")
    func whole() async throws {
        let server = try TestServer(source: ScriptedSource(steps: Self.steps))
        let reply = try await server.post("/api/pull", #"{"name": "pip://some-model==1.0", "stream": false}"#)
        #expect(reply.text == #"{"status":"success"}"#)
        #expect(reply.contentType == "application/json")
    }

    @Test("a failure after the first step is the last line, one before it a status")
    func failures() async throws {
        let error = ModelLibraryError.creation("pull model manifest: file does not exist")
        let late = try await TestServer(source: ScriptedSource(steps: [.pullingManifest], error: error))
            .post("/api/pull", #"{"model": "m"}"#)
        #expect(late.status == 200)
        #expect(late.lines.last == ["error": "pull model manifest: file does not exist"])
        let early = try await TestServer(source: ScriptedSource(error: error))
            .post("/api/pull", #"{"model": "m", "stream": false}"#)
        #expect(early.status >= 400)
        #expect(early.error == "pull model manifest: file does not exist")
    }

    @Test("a name whose host is no address is the client's mistake, in words", arguments: [true, false])
    func invalidHost(streams: Bool) async throws {
        let error = ModelLibraryError.invalidHost("h:99999", reason: "a port is a number from 1 to 65535")
        let reply = try await TestServer(source: ScriptedSource(error: error))
            .post("/api/pull", #"{"model": "h:99999/a/b", "stream": \#(streams)}"#)
        if !streams { #expect(reply.status == 400) }
        let words = "'h:99999' is no address of a registry: a port is a number from 1 to 65535"
        #expect(streams ? reply.lines.last == ["error": .string(words)] : reply.error == words)
    }
}
