import APITypes
import Generation

/// `/ready` answers whether a request would be taken now, and if not, why.
enum Ready: Endpoint {
    static let path = "/ready"

    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.getAndHead(path) { _, _ in
            // An answer, not an error: thrown, each would be logged as a failed request.
            if let refusal = await services.generation.refusal() {
                return APIFamily.ollama.response(APIFailure(refusal, model: ""))
            }
            return .json(StatusResponse(status: "ready"))
        }
    }
}
