import LibraryTestSupport
import ModelLibrary

/// The contents of a registry with one model, and right answers about it.
struct FakeRegistry: Sendable {
    let weights: [UInt8]
    let manifest: Manifest
    /// As a registry may write it: not in our own style.
    let manifestBytes: [UInt8]
    let blobs: [Digest: [UInt8]]

    init(weightBytes: Int = 2_200_000, system: String = "Be brief.") throws {
        weights = try TinyGGUF.bytes(tensorBytes: weightBytes / 4 * 4)
        var configuration = ModelConfiguration()
        configuration.format = "gguf"
        configuration.family = "llama"
        let parts: [(MediaType, [UInt8])] = [
            (.model, weights), (.system, Array(system.utf8)), (.configuration, configuration.bytes),
        ]
        let layers = parts.map { Layer(mediaType: $0, digest: Digest(hashing: $1), size: $1.count) }
        manifest = Manifest(configuration: layers[2], layers: Array(layers[..<2]))
        manifestBytes = Array(" ".utf8) + manifest.bytes
        blobs = Dictionary(parts.map { (Digest(hashing: $1), $1) }) { first, _ in first }
    }

    /// Answers for `/v2/library/tiny/manifests/latest`, `/v2/library/tiny/blobs/sha256:…`, and any path that ends with a digest.
    func reply(to request: ScriptedServer.Request) -> ScriptedServer.Reply {
        let words = request.path.split(separator: "/")
        guard let last = words.last else { return .init(status: 404) }
        if words.contains("manifests") { return .init(body: manifestBytes) }
        guard let digest = try? Digest(last), let bytes = blobs[digest] else { return .init(status: 404) }
        guard let range = request.range else { return .init(body: bytes) }
        guard range.upperBound < bytes.count else { return .init(status: 416) }
        let contentRange = "bytes \(range.lowerBound)-\(range.upperBound)/\(bytes.count)"
        return .init(status: 206, headers: [("Content-Range", contentRange)], body: Array(bytes[range]))
    }

    func isWeights(_ request: ScriptedServer.Request) -> Bool {
        request.path.hasSuffix(manifest.layers[0].digest.description)
    }
}
