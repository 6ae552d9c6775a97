import AsyncHTTPClient
import Locking
import ModelLibrary
import NIOCore
import NIOHTTP1

/// The requests of one pull to one registry: they share connections, the token and the redirects.
final class RegistrySession: Sendable {
    static let redirectLimit = 10

    let base: HTTPAddress
    let repository: String
    private let client: HTTPClient
    private let settings: RegistryClient.Settings
    private let token = Locked<String?>(nil)

    init(client: HTTPClient, settings: RegistryClient.Settings, base: HTTPAddress, repository: String) {
        self.client = client
        self.settings = settings
        self.base = base
        self.repository = repository
    }

    /// `/v2/REPOSITORY/…` of the registry.
    func address(_ path: String) -> HTTPAddress {
        HTTPAddress(scheme: base.scheme, authority: base.authority, target: "/v2/\(repository)/\(path)")
    }

    /// GETs an address of the registry; signs in where that is asked for, and follows redirects. Other hosts are not told
    /// who asks.
    /// - Returns: an answer below 400.
    func get(_ address: HTTPAddress, headers: HTTPHeaders = [:], deadline: TimeAmount?) async throws
        -> HTTPClientResponse
    {
        var address = address
        var hasSignedIn = false
        for _ in 0...Self.redirectLimit + 1 {
            let isRegistry = address.scheme == base.scheme && address.endpoint == base.endpoint
            let response = try await send(address, headers: headers, withToken: isRegistry, deadline: deadline)
            switch response.status.code {
            case 300..<400:
                guard let location = response.headers.first(name: "Location") else {
                    throw RegistryError.refused(status: Int(response.status.code), body: "a redirect to nowhere")
                }
                let next = try address.resolving(location)
                guard next.scheme == "https" || address.scheme == "http" else {
                    throw RegistryError.insecureRedirect(next.authority)
                }
                address = next
            case 401 where isRegistry && !hasSignedIn:
                try await signIn(answering: response.headers["WWW-Authenticate"], at: address)
                hasSignedIn = true
            case 401: throw RegistryError.accessDenied
            case 404: throw RegistryError.notFound
            case 400...:
                let body = try? await response.body.collect(upTo: 64 << 10)
                let text = body.map { String(buffer: $0) } ?? ""
                throw RegistryError.refused(status: Int(response.status.code), body: Self.line(of: text))
            default: return response
            }
        }
        throw RegistryError.tooManyRedirects(base.authority)
    }

    private func send(
        _ address: HTTPAddress, headers: HTTPHeaders, withToken: Bool, deadline: TimeAmount?
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: address.text)
        request.headers = headers
        request.headers.replaceOrAdd(name: "User-Agent", value: settings.userAgent)
        if withToken, let token = token.withLock({ $0 }) {
            request.headers.add(name: "Authorization", value: "Bearer " + token)
        }
        do {
            return try await client.execute(request, deadline: deadline.map { .now() + $0 } ?? .distantFuture)
        } catch {
            try Task.checkCancellation()
            throw RegistryError.unreachable(host: address.authority, reason: NetworkFailure.text(of: error))
        }
    }

    // MARK: Signing in

    private func signIn(answering challenges: [String], at address: HTTPAddress) async throws {
        let challenge = try BearerChallenge(challenges)
        let realm = try HTTPAddress(challenge.realm)
        guard realm.endpoint == address.endpoint || realm.authority == address.authority else {
            throw RegistryError.realmMismatch(realm: realm.authority, original: address.authority)
        }
        guard realm.scheme == address.scheme || realm.scheme == "https" else {
            throw RegistryError.insecureRedirect(realm.authority)
        }
        let keyPath = settings.keyPath
        let signer = try await BlockingThreads.shared.run { try RequestSigner(keyAt: keyPath) }
        let query = challenge.query(nonce: RequestSigner.makeNonce(), time: settings.clock())
        let tokenAddress = try HTTPAddress(realm.text + (realm.target.contains("?") ? "&" : "?") + query)
        var request = HTTPClientRequest(url: tokenAddress.text)
        request.headers.add(name: "User-Agent", value: settings.userAgent)
        request.headers.add(
            name: "Authorization", value: try signer.authorization(method: "GET", url: tokenAddress.text))
        let response = try await client.execute(request, deadline: .now() + .seconds(30))
        guard response.status == .ok else { throw RegistryError.accessDenied }
        let body = try await response.body.collect(upTo: 64 << 10)
        guard let text = BearerChallenge.token(in: Array(body.readableBytesView)) else {
            throw RegistryError.accessDenied
        }
        token.withLock { $0 = text }
    }

    /// The text as one line, without its end where it is long.
    private static func line(of text: String) -> String {
        String(text.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300))
    }
}
