import HTTPTypes
import Hummingbird

/// Reads how long a client waits for its answer.
struct RequestTimeouts: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let text = request.headers[named: RequestDeadline.field] else { return try await next(request, context) }
        var context = context
        do {
            context.deadline = try RequestDeadline(text)
        } catch let failure as APIFailure {
            return APIFamily(path: request.uri.path).response(failure)
        }
        return try await next(request, context)
    }
}
