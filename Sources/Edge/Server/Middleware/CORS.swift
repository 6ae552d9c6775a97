import HTTPTypes
import Hummingbird

/// Answers web pages of other origins: those that are allowed get the headers that say so, others get 403.
struct CORS: RouterMiddleware {
    typealias Context = AppContext

    let origins: OriginPolicy

    private static let allowedHeaders =
        [
            "Authorization", "Content-Type", "User-Agent", "Accept", "X-Requested-With", "OpenAI-Beta",
        ]
        + [
            "arch", "async", "custom-poll-interval", "helper-method", "lang", "os", "package-version", "poll-helper",
            "retry-count", "runtime", "runtime-version", "timeout",
        ].map { "x-stainless-\($0)" }

    private static let asksForPrivateNetwork = HTTPField.Name("Access-Control-Request-Private-Network")
    private static let allowsPrivateNetwork = HTTPField.Name("Access-Control-Allow-Private-Network")

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], !origin.isEmpty, !isSame(origin, as: request.head.authority) else {
            return try await next(request, context)
        }
        guard origins.allows(origin) else { return .forbidden(request, FailureText.foreignOrigin(origin)) }
        var response = request.method == .options ? preflight(request) : try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origins.allowsAll ? "*" : origin
        if !origins.allowsAll, request.method != .options { response.headers[.vary] = "Origin" }
        return response
    }

    private func isSame(_ origin: String, as host: String?) -> Bool {
        guard let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    private func preflight(_ request: Request) -> Response {
        var headers: HTTPFields = [
            .accessControlAllowMethods: "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
            .accessControlAllowHeaders: allowedHeaders(request).joined(separator: ","),
            .accessControlMaxAge: "43200",
            .vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ]
        // Of browsers that ask before a public page may reach this machine.
        if let asked = Self.asksForPrivateNetwork, request.headers[asked] == "true",
            let allowed = Self.allowsPrivateNetwork
        {
            headers[allowed] = "true"
        }
        return Response(status: .noContent, headers: headers)
    }

    /// The usual ones, and those that the page asks for: a page that is allowed may send what it likes.
    private func allowedHeaders(_ request: Request) -> [String] {
        let wanted = (request.headers[.accessControlRequestHeaders] ?? "").split(separator: ",").compactMap {
            HTTPField.Name(String($0.drop { $0 == " " }))
        }
        let usual = Set(Self.allowedHeaders.map { $0.lowercased() })
        return Self.allowedHeaders + wanted.map(\.canonicalName).filter { !usual.contains($0) }
    }
}
