/// What supervisors and load balancers ask, every few seconds.
enum HealthRoutes {
    static let endpoints: [any Endpoint.Type] = [Health.self, Ready.self]
    static let paths: Set<String> = [Health.path, Ready.path]
}
