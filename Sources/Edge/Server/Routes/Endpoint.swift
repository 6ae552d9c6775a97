import APITypes
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// A path of the API, or a few that belong together. Each is a file; `OllamaRoutes`, `OpenAIRoutes` and
/// `AnthropicRoutes` list them.
protocol Endpoint: SendableMetatype {
    static func mount(on routes: inout RouteTable, _ services: Services)
}

/// Adds routes to a router and remembers them, so that a known path refuses the other methods in its own words.
struct RouteTable {
    private let router: Router<AppContext>
    private var methods: [String: Set<HTTPRequest.Method>] = [:]
    /// Whose errors the routes that are added now answer with.
    var family = APIFamily.ollama

    private static let allMethods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    init(router: Router<AppContext>) {
        self.router = router
    }

    mutating func on(
        _ method: HTTPRequest.Method, _ path: String,
        _ handler: @escaping @Sendable (Request, AppContext) async throws -> Response
    ) {
        methods[path, default: []].insert(method)
        let family = family
        router.on(RouterPath(path), method: method) { request, context in
            do {
                try request.refuseEncodedBody()
                return try await handler(request, context)
            } catch {
                let failure = APIFailure(error, model: "")
                if failure.status.code >= 500 {
                    context.logger.error(
                        "request failed", metadata: ["path": "\(path)", "error": "\(failure.message)"])
                }
                return family.response(failure)
            }
        }
    }

    /// Adds GET, and HEAD with the same headers and no body.
    mutating func getAndHead(
        _ path: String, _ handler: @escaping @Sendable (Request, AppContext) async throws -> Response
    ) {
        on(.get, path, handler)
        on(.head, path) { request, context in try await handler(request, context).createHeadResponse() }
    }

    func refuseOtherMethods() {
        for (path, methods) in methods {
            for method in Self.allMethods where !methods.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ in
                    Response.text("405 method not allowed", status: .methodNotAllowed)
                }
            }
        }
    }
}

extension Request {
    /// - Throws: `APIFailure` where the body would have to be decompressed first.
    fileprivate func refuseEncodedBody() throws {
        guard let encoding = headers[.contentEncoding], !["", "identity"].contains(encoding.lowercased()) else {
            return
        }
        throw APIFailure(
            .unsupportedMediaType,
            "a request body in Content-Encoding \(goQuoted(encoding)) is not read; send it as it is")
    }
}

extension Response {
    static func json(_ value: some WireEncodable, status: HTTPResponse.Status = .ok) -> Response {
        let bytes = JSONWriter(.go).bytes(of: value.json)
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
