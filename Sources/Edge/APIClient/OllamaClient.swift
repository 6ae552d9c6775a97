package import APITypes
import AsyncHTTPClient
import HTTPChecks
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Speaks the native API to a server.
///
/// All calls throw `APIClientError`, or `CancellationError` where their task is cancelled.
package struct OllamaClient: Sendable {
    package let address: ServerAddress
    private let userAgent: String

    /// One for the process, never shut down. A server that is not there is not waited for.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { AnswerCheck.watch($0) }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Of replies that come whole; the tensors of a large model are the longest.
    private static let replyLimit = 64 << 20

    /// - Parameter version: of this program, told to the server.
    package init(address: ServerAddress, version: String) {
        self.address = address
        userAgent = "apus/\(version)"
    }

    /// Whether a server answers at the address.
    /// - Throws: `unreachable`.
    package func heartbeat() async throws {
        _ = try await send(.HEAD, "/")
    }

    package func version() async throws -> VersionResponse { try await get("/api/version") }
    package func list() async throws -> TagsResponse { try await get("/api/tags") }
    package func loadedModels() async throws -> PsResponse { try await get("/api/ps") }

    package func show(_ request: ShowRequest) async throws -> ShowResponse {
        try await reply(to: send(.POST, "/api/show", request))
    }

    package func embed(_ request: EmbedRequest) async throws -> EmbedResponse {
        try await reply(to: send(.POST, "/api/embed", request))
    }

    package func copy(_ request: CopyRequest) async throws {
        _ = try await send(.POST, "/api/copy", request)
    }

    package func delete(_ request: DeleteRequest) async throws {
        _ = try await send(.DELETE, "/api/delete", request)
    }

    package func generate(_ request: GenerateRequest) async throws -> ReplyStream<GenerateResponse> {
        try await ReplyStream(send(.POST, "/api/generate", request).body)
    }

    package func chat(_ request: ChatRequest) async throws -> ReplyStream<ChatResponse> {
        try await ReplyStream(send(.POST, "/api/chat", request).body)
    }

    package func pull(_ request: PullRequest) async throws -> ReplyStream<ProgressResponse> {
        try await ReplyStream(send(.POST, "/api/pull", request).body)
    }

    package func create(_ request: CreateRequest) async throws -> ReplyStream<ProgressResponse> {
        try await ReplyStream(send(.POST, "/api/create", request).body)
    }

    package func verify(_ request: VerifyRequest) async throws -> ReplyStream<VerifyResponse> {
        try await ReplyStream(send(.POST, "/api/verify", request).body)
    }

    // MARK: Requests and replies

    private func get<Reply: WireDecodable>(_ path: String) async throws -> Reply {
        try await reply(to: send(.GET, path))
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: some WireEncodable
    ) async throws -> HTTPClientResponse {
        let bytes = JSONWriter(.go).bytes(of: body.json)
        return try await send(method, path, body: .bytes(bytes), contentType: "application/json")
    }

    /// - Throws: `refused` for any status that is none of success.
    func send(
        _ method: HTTPMethod, _ path: String, body: HTTPClientRequest.Body? = nil, contentType: String? = nil
    ) async throws -> HTTPClientResponse {
        guard address.namesHost else {
            throw APIClientError.unreachable(address: address.description, reason: "the address names no host")
        }
        var request = HTTPClientRequest(url: address.description + path)
        request.method = method
        request.headers.add(name: "User-Agent", value: userAgent)
        if let contentType { request.headers.add(name: "Content-Type", value: contentType) }
        request.body = body
        let response: HTTPClientResponse
        do {
            // An answer may take as long as it needs; nobody waits for a connection that long.
            response = try await Self.http.execute(request, deadline: .distantFuture)
        } catch let error where Self.isUnreachable(error) {
            throw APIClientError.unreachable(address: address.description, reason: "\(error)")
        } catch let error where !(error is CancellationError) && !(error is APIClientError) {
            throw APIClientError.interrupted("\(error)")
        }
        guard (200..<300).contains(response.status.code) else { throw await failure(response) }
        return response
    }

    /// Whether no connection could be made.
    private static func isUnreachable(_ error: any Error) -> Bool {
        switch error {
        case is NIOConnectionError: true
        case let error as IOError: error.errnoCode == ECONNREFUSED
        case let error as HTTPClientError: error == .connectTimeout || error == .invalidURL
        default: false
        }
    }

    private func failure(_ response: HTTPClientResponse) async -> APIClientError {
        let body = try? await response.body.collect(upTo: 1 << 20)
        let bytes = body.map { Array($0.readableBytesView) } ?? []
        let text = String(decoding: bytes, as: UTF8.self)
        let message = (try? JSONParser.parse(bytes))?["error"]?.stringValue
        return .refused(
            status: Int(response.status.code), reason: response.status.reasonPhrase,
            message: message ?? (text.isEmpty ? response.status.reasonPhrase : text))
    }

    private func reply<Reply: WireDecodable>(to response: HTTPClientResponse) async throws -> Reply {
        let body: ByteBuffer
        do {
            body = try await response.body.collect(upTo: Self.replyLimit)
        } catch let error where !(error is CancellationError) {
            throw APIClientError.interrupted("\(error)")
        }
        return try Self.read(Array(body.readableBytesView)) { (json) throws(WireError) in try Reply(json) }
    }

    static func read<Value>(
        _ bytes: [UInt8], _ make: (JSONValue) throws(WireError) -> Value
    ) throws -> Value {
        do {
            return try make(JSONParser.parse(bytes, options: .init(replacesInvalidUTF8: true)))
        } catch {
            throw APIClientError.badReply("\(error)")
        }
    }
}
