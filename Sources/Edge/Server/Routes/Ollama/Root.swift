/// `/` answers that the server is there.
enum Root: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.getAndHead("/") { _, _ in .text("Ollama is running") }
    }
}
