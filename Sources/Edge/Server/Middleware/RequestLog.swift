import HTTPTypes
import Hummingbird
import Logging

/// Writes a line for each request when its response is complete.
struct RequestLog: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let logger = context.logger
        let client = context.clientAddress ?? "-"
        // Asked every few seconds, and not news.
        let level: Logger.Level = HealthRoutes.paths.contains(request.uri.path) ? .debug : .info
        @Sendable func write(_ status: Int, _ note: String = "") {
            let line =
                "\(request.method) \(request.uri.path) \(status)\(note) in \(ContinuousClock.now - start) for \(client)"
            logger.log(level: level, "\(line)")
        }
        var response = try await next(request, context)
        let status = response.status.code
        guard response.body.contentLength == nil else {
            write(status)
            return response
        }
        let body = response.body
        response.body = ResponseBody { writer in
            do {
                try await body.write(writer)
                write(status)
            } catch {
                write(status, error is CancellationError ? " (client gone)" : " (\(error))")
                throw error
            }
        }
        return response
    }
}
