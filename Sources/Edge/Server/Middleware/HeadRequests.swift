import HTTPTypes
import Hummingbird

/// Answers HEAD with the headers alone, failures too: a client takes what follows for the beginning of the next answer.
struct HeadRequests: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
