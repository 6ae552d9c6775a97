import APITypes

/// `/health` answers that the process is alive, whatever its models do: it asks nobody.
enum Health: Endpoint {
    static let path = "/health"

    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.getAndHead(path) { _, _ in .json(StatusResponse(status: "ok")) }
    }
}
