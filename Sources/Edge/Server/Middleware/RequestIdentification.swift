import HTTPTypes
import Hummingbird
import Logging

/// Gives each request an identifier, its own or a new one, which is in the answer and in all that is logged meanwhile.
struct RequestIdentification: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let sent = request.headers[named: RequestIdentifier.field]
        let id = RequestIdentifier.accepted(sent) ?? RequestIdentifier.make()
        var context = context
        context.logger[metadataKey: RequestIdentifier.logKey] = "\(id)"
        var response = try await withLogger(context.logger) { _ in try await next(request, context) }
        response.headers[named: RequestIdentifier.field] = id
        return response
    }
}
