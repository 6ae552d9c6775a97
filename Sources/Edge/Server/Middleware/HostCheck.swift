import HTTPTypes
import Hummingbird

/// Refuses requests that reach a server of this machine only under a foreign name, as DNS rebinding makes them.
struct HostCheck: RouterMiddleware {
    typealias Context = AppContext

    /// Of this machine: its name, and the addresses of its interfaces.
    private let names: Set<String>
    private let addresses: Set<IPAddress>

    init() {
        names = ["", "localhost", LocalMachine.name.lowercased()]
        addresses = LocalMachine.addresses
    }

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let host = Self.withoutPort(request.head.authority ?? "").lowercased()
        if let address = IPAddress(host) {
            guard address.isLocal || addresses.contains(address) else { return Response(status: .forbidden) }
            return try await next(request, context)
        }
        let isLocal = names.contains(host) || [".localhost", ".local", ".internal"].contains { host.hasSuffix($0) }
        guard isLocal else { return Response(status: .forbidden) }
        return request.method == .options ? Response(status: .noContent) : try await next(request, context)
    }

    static func withoutPort(_ authority: String) -> String {
        if authority.first == "[", let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        guard authority.count(where: { $0 == ":" }) == 1, let colon = authority.firstIndex(of: ":") else {
            return authority
        }
        return String(authority[..<colon])
    }
}
