import HTTPTypes
import Hummingbird

/// Answers paths that nothing is mounted at.
struct UnknownPaths: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return .text("404 page not found", status: .notFound)
        }
    }
}
