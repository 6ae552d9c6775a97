import APITypes
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
        let host = request.head.authority ?? ""
        guard let authority = Authority(host), isLocal(authority.host) else {
            return .forbidden(request, FailureText.foreignHost(host))
        }
        // A preflight that names no origin.
        let isAnswered = request.method == .options && IPAddress(authority.host) == nil
        return isAnswered ? Response(status: .noContent) : try await next(request, context)
    }

    private func isLocal(_ host: String) -> Bool {
        if let address = IPAddress(host) { return address.isLocal || addresses.contains(address) }
        return names.contains(host) || [".localhost", ".local", ".internal"].contains { host.hasSuffix($0) }
    }
}

extension Response {
    /// Refuses a request, in the words that its path's readers take.
    static func forbidden(_ request: Request, _ message: String) -> Response {
        APIFamily(path: request.uri.path).response(APIFailure(.forbidden, message))
    }
}
