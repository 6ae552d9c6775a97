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

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin], !origin.isEmpty, !isSame(origin, as: request.head.authority) else {
            return try await next(request, context)
        }
        guard origins.allows(origin) else { return Response(status: .forbidden) }
        if request.method == .options { return preflight(origin) }
        var response = try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origins.allowsAll ? "*" : origin
        if !origins.allowsAll { response.headers[.vary] = "Origin" }
        return response
    }

    private func isSame(_ origin: String, as host: String?) -> Bool {
        guard let host else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }

    private func preflight(_ origin: String) -> Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowOrigin: origins.allowsAll ? "*" : origin,
                .accessControlAllowMethods: "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
                .accessControlAllowHeaders: Self.allowedHeaders.joined(separator: ","),
                .accessControlMaxAge: "43200",
                .vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
            ])
    }
}
