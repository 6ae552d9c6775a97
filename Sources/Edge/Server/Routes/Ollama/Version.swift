import APITypes

enum Version: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.getAndHead("/api/version") { _, _ in .json(VersionResponse(version: services.version)) }
    }
}
