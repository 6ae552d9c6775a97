import APITypes
import HTTPTypes
import Hummingbird
import JSON
import ModelLibrary

enum Copy: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/copy") { request, _ in
            let body = try await request.decode(CopyRequest.self)
            guard let source = try? ModelName(requested: body.source) else {
                throw APIFailure(.badRequest, "source \(goQuoted(body.source.excerpt())) is invalid")
            }
            guard let destination = try? ModelName(requested: body.destination) else {
                throw APIFailure(.badRequest, "destination \(goQuoted(body.destination.excerpt())) is invalid")
            }
            do {
                try await services.blocking { try services.store.copy(source, to: destination) }
            } catch ModelLibraryError.modelNotFound {
                throw APIFailure(.notFound, "model \(goQuoted(body.source.excerpt())) not found")
            }
            return Response(status: .ok)
        }
    }
}
