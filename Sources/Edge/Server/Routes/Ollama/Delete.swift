import APITypes
import HTTPTypes
import Hummingbird
import JSON
import ModelLibrary

enum Delete: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.delete, "/api/delete") { request, _ in
            let body = try await request.decode(DeleteRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            guard let name = try? ModelName(requested: body.model) else {
                throw APIFailure(.badRequest, "name \(goQuoted(body.model.excerpt())) is invalid")
            }
            try await APIFailure.mapping(model: body.model) {
                try await services.blocking { try services.store.remove(name) }
            }
            return Response(status: .ok)
        }
    }
}
