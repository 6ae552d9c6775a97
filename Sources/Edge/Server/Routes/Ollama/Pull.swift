import APITypes
import HTTPTypes
import Hummingbird
import ModelLibrary

enum Pull: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/pull") { request, context in
            let body = try await request.decode(PullRequest.self)
            let reference = try ModelReference(requested: body.model)
            let options = PullOptions(insecure: body.insecure)
            let response = StreamingResponse(context, services, model: body.model)
            return try await response.progress(streams: body.stream ?? true) {
                report in
                try await services.source.pull(reference, into: services.store, options: options, report: report)
            }
        }
    }
}
