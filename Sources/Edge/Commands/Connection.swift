package import APIClient
import APITypes
import Terminal

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How commands reach the server.
package enum Connection {
    /// A client of the server that `OLLAMA_HOST` names.
    package static func makeClient() -> OllamaClient {
        let host = ProcessInfo.processInfo.environment["OLLAMA_HOST"] ?? ""
        let address = ServerAddress(parsing: host) { Terminal.standard.writeErrorLine("OLLAMA_HOST: \($0)") }
        return OllamaClient(address: address, version: VersionReport.clientVersion)
    }

    /// A client of a server that answers; `startingServer` starts one on this machine where none does.
    package static func client(startingServer: Bool = false) async throws -> OllamaClient {
        let client = makeClient()
        if await client.isReachable { return client }
        guard startingServer, client.address.isLocal else {
            throw CommandError("could not connect to a server at \(client.address), run 'apus serve' to start it")
        }
        try BackgroundServer.start()
        for _ in 0..<100 {
            try await Task.sleep(for: .milliseconds(100))
            if await client.isReachable { return client }
        }
        throw CommandError("timed out waiting for the server to start; its log is \(BackgroundServer.logPath)")
    }
}

extension OllamaClient {
    fileprivate var isReachable: Bool {
        get async { (try? await heartbeat()) != nil }
    }

    /// Unloads a model as soon as it is idle.
    func unload(_ model: String) async throws {
        var request = GenerateRequest(model: model)
        request.parameters.keepAlive = GoDuration(nanoseconds: 0)
        for try await _ in try await generate(request) {}
    }
}

extension ServerAddress {
    fileprivate var isLocal: Bool {
        isEveryInterface || ["localhost", "::1"].contains(host) || host.hasPrefix("127.")
    }
}
