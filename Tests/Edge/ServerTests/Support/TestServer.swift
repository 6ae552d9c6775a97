import APITypes
import GGUF
import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import ModelLibrary
import NIOCore
import Server
import SystemPackage
import Tensors
import Testing

/// A server over a scripted service and a store of its own, which goes with it.
final class TestServer: Sendable {
    let service: ScriptedService
    let store: ModelStore
    let services: Services
    /// A folder for the test's own files.
    var directory: FilePath { root }
    private let root: FilePath

    convenience init(
        _ steps: [ScriptedService.Step] = [], source: any ModelSource = NoSource(), loaded: [LoadedModelStatus] = [],
        clientPatience: Duration = .seconds(60), failures: [String: GenerationError] = [:]
    ) throws {
        try self.init(
            ScriptedService(steps, loaded: loaded, failures: failures), source: source, clientPatience: clientPatience)
    }

    init(
        _ service: ScriptedService, source: any ModelSource = NoSource(), clientPatience: Duration = .seconds(60)
    ) throws {
        root = FilePath("/tmp").appending("apus-server-tests-\(UInt64.random(in: 0 ... .max))")
        try FileSystem.makeFolder(root)
        self.service = service
        store = ModelStore(directory: root.appending("models"))
        var services = Services(generation: service, store: store, source: source, version: "0.33.0")
        services.clientPatience = clientPatience
        self.services = services
    }

    deinit {
        try? FileSystem.removeTree(root)
    }

    /// A GGUF file with one tensor of 32 elements.
    static func tinyModel() throws -> GGUFWriter {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("llama")
        writer.metadata["general.name"] = .string("Tiny")
        writer.metadata["general.file_type"] = .uint32(0)
        writer.metadata["llama.block_count"] = .uint32(1)
        writer.metadata["llama.context_length"] = .uint32(128)
        writer.metadata["llama.embedding_length"] = .uint32(8)
        writer.metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(["a", "b", "c", "d", "e", "f", "g"]))
        try writer.add(
            "token_embd.weight", type: .f32, shape: #require(TensorShape([8, 4])),
            bytes: [UInt8](repeating: 0, count: 128))
        return writer
    }

    /// Stores a model; its system prompt and parameters are fixed.
    func addModel(_ name: String) async throws {
        let file = root.appending("tiny.gguf")
        try Self.tinyModel().write(to: file)
        var request = CreationRequest(name: try ModelName(name), source: .files([file]))
        request.system = "Be brief."
        request.template = "{{ .System }}{{ .Prompt }}"
        request.parameters = ["temperature": 0.5, "stop": ["<a>", "b"]]
        request.licenses = ["MIT"]
        try await ModelCreator(store: store).create(request) { _ in }
    }

    func application(
        log: any LogHandler = SwiftLogNoOpLogHandler(), _ change: (inout ServerSettings) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var settings = ServerSettings(modelsDirectory: store.directory)
        change(&settings)
        return ServerApplication.make(services, settings, logger: Logger(label: "test", factory: { _ in log }))
    }

    /// One exchange without a socket.
    func exchange(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Reply {
        try await application().test(.router) { client in
            try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
            ) {
                Reply($0)
            }
        }
    }

    func post(_ path: String, _ body: String) async throws -> Reply {
        try await exchange(.post, path, body)
    }
}

/// A response as a test looks at it.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        text = String(buffer: response.body)
    }

    var contentType: String? { headers[.contentType] }
    var json: JSONValue? { try? JSONParser.parse(text) }
    /// The objects of a stream of lines.
    var lines: [JSONValue] {
        text.split(separator: "\n").compactMap { try? JSONParser.parse(String($0)) }
    }
    /// The data of server-sent events.
    var events: [String] {
        text.split(separator: "\n\n").map { $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : "no data: \($0)" }
    }
    var error: String? { json?["error"]?.stringValue }
}

/// A place where there are no models.
struct NoSource: ModelSource {
    func pull(
        _ reference: ModelReference, into store: ModelStore, options: PullOptions, report: ProgressReport
    ) async throws {
        throw ModelLibraryError.modelNotFound(reference.name.description)
    }
}
