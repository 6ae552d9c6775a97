package import AsyncHTTPClient
import HTTPChecks
import Locking
import NIOCore
package import NIOHTTP1

/// Carries requests to a registry and to where it redirects, directly or through a proxy. Connections are shared by the
/// requests of one pull.
package final class RegistryTransport: Sendable {
    private struct Route: Hashable {
        let proxy: Proxy?
        /// Whether a proxy is asked for whole addresses, instead of for a tunnel.
        let isForwarded: Bool
        /// Whether it leads to the registry itself.
        let isToRegistry: Bool
    }
    let registry: HTTPAddress
    private let settings: RegistryClient.Settings
    private let clients = Locked<[Route: HTTPClient]>([:])
    /// How near the registry has turned out to be; nil before a direct connection.
    private let foundReach = Locked<Reach?>(nil)

    package init(registry: HTTPAddress, settings: RegistryClient.Settings) {
        self.registry = registry
        self.settings = settings
    }

    /// A host that is nearer than the registry is none of its business.
    var registryReach: Reach { foundReach.withLock { $0 } ?? registry.reach }

    /// Sends a GET, and returns when the head of the answer is there.
    package func get(_ address: HTTPAddress, headers: HTTPHeaders) async throws -> HTTPClientResponse {
        let proxy = try settings.proxies.proxy(for: address)
        let isForwarded = proxy?.kind == .http && address.scheme == .http
        var request = HTTPClientRequest(url: address.text)
        request.headers = headers
        request.headers.replaceOrAdd(name: "User-Agent", value: settings.userAgent)
        if isForwarded, let proxy {
            request.url = "http://\(proxy.authority)\(address.target)"
            request.headers.replaceOrAdd(name: "Host", value: address.authority)
            if let authorization = proxy.authorization {
                request.headers.add(name: "Proxy-Authorization", value: authorization.headerValue)
            }
        }
        let route = Route(
            proxy: proxy, isForwarded: isForwarded, isToRegistry: address.hasSameOrigin(as: registry))
        let host = address.authority + (proxy.map { " through the proxy \($0.authority)" } ?? "")
        let response: HTTPClientResponse
        do {
            let deadline = NIODeadline.now() + .nanoseconds(settings.answerLimit.wholeNanoseconds)
            response = try await client(for: route).execute(request, deadline: deadline)
        } catch let error as RegistryError {
            throw error
        } catch let error as InvalidStatus {
            throw RegistryError.invalidStatus(error.code)
        } catch {
            try Task.checkCancellation()
            throw RegistryError.unreachable(host: host, reason: NetworkFailure.text(of: error))
        }
        guard response.status != .proxyAuthenticationRequired else {
            throw RegistryError.unreachable(host: host, reason: NetworkFailure.proxyLogin)
        }
        return response
    }

    /// Closes all connections.
    package func shutDown() async {
        for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() }
    }

    private func client(for route: Route) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[route] { return client }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(for: route))
            clients[route] = client
            return client
        }
    }

    private func configuration(for route: Route) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(30), read: .nanoseconds(settings.silenceLimit.wholeNanoseconds)))
        configuration.httpVersion = .http1Only
        // A registry that is not there is told at once; where it pays to wait, we do it ourselves.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let proxy = route.proxy, !route.isForwarded {
            configuration.proxy =
                switch proxy.kind {
                case .http: .server(host: proxy.host, port: proxy.port, authorization: proxy.authorization)
                case .socks5: .socksServer(host: proxy.host, port: proxy.port)
                }
        }
        let checks = ConnectionChecks(
            judgePeer: route.proxy == nil ? judge(isRegistry: route.isToRegistry) : nil,
            isForwarded: route.isForwarded)
        configuration.http1_1ConnectionDebugInitializer = { checks.apply(to: $0) }
        return configuration
    }

    private func judge(isRegistry: Bool) -> @Sendable (Reach) throws -> Void {
        { [foundReach, registry] reach in
            let known = foundReach.withLock { found in
                if isRegistry, found == nil { found = reach }
                return found ?? registry.reach
            }
            guard isRegistry || reach <= known else { throw RegistryError.nearRedirect(nil) }
        }
    }
}

extension Proxy {
    fileprivate var authorization: HTTPClient.Authorization? {
        credentials.map { .basic(username: $0.user, password: $0.password) }
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
