import AsyncHTTPClient
import Locking
import ModelLibrary
import NIOHTTP1

/// The requests of one pull to one registry: they share the token and the rules of redirects.
final class RegistrySession: Sendable {
    static let redirectLimit = 10
    private static let tokenLimit = 64 << 10
    private static let explanationLimit = 4096

    let repository: String
    private let transport: RegistryTransport
    private let settings: RegistryClient.Settings
    private let token = Locked<String?>(nil)

    init(transport: RegistryTransport, settings: RegistryClient.Settings, repository: String) {
        self.transport = transport
        self.settings = settings
        self.repository = repository
    }

    /// `/v2/REPOSITORY/…` of the registry.
    func address(_ path: String) -> HTTPAddress {
        transport.registry.with(target: "/v2/\(repository)/\(path)")
    }

    /// GETs an address of the registry; signs in where that is asked for, and follows redirects. Other hosts are not told
    /// who asks.
    /// - Returns: an answer below 400, as soon as its head is there.
    func get(_ address: HTTPAddress, headers: HTTPHeaders = [:]) async throws -> HTTPClientResponse {
        var address = address
        var hasSignedIn = false
        for _ in 0...Self.redirectLimit + 1 {
            let isRegistry = address.hasSameOrigin(as: transport.registry)
            let response = try await send(address, headers: headers, withToken: isRegistry)
            switch response.status.code {
            case 300..<400: address = try redirect(of: response, from: address)
            case 401 where isRegistry && !hasSignedIn:
                try await signIn(answering: response.headers["WWW-Authenticate"], at: address)
                hasSignedIn = true
            case 401: throw RegistryError.accessDenied
            case 404: throw RegistryError.notFound
            case 400...:
                var body = PacedBody(of: response, pace: settings.documentPace)
                let text = String(decoding: await body.start(upTo: Self.explanationLimit), as: UTF8.self)
                try Task.checkCancellation()
                throw RegistryError.refused(
                    status: Int(clamping: response.status.code), body: OutsideText.line(text, limit: 300))
            default: return response
            }
        }
        throw RegistryError.tooManyRedirects(transport.registry.authority)
    }

    /// GETs what is small enough for memory.
    /// - Throws: also `PacedBody.TooLarge`.
    func document(_ address: HTTPAddress, headers: HTTPHeaders = [:], limit: Int) async throws -> [UInt8] {
        try await contents(of: get(address, headers: headers), limit: limit)
    }

    private func contents(of response: HTTPClientResponse, limit: Int) async throws -> [UInt8] {
        var body = PacedBody(of: response, pace: settings.documentPace)
        do {
            return try await body.collect(upTo: limit)
        } catch let error as PacedBody.TooLarge {
            throw error
        } catch {
            try Task.checkCancellation()
            throw RegistryError.unreachable(
                host: transport.registry.authority, reason: NetworkFailure.text(of: error))
        }
    }

    private func send(
        _ address: HTTPAddress, headers: HTTPHeaders, withToken: Bool
    ) async throws -> HTTPClientResponse {
        var headers = headers
        if withToken, let token = token.withLock({ $0 }) {
            headers.add(name: "Authorization", value: "Bearer " + token)
        }
        do {
            return try await transport.get(address, headers: headers)
        } catch RegistryError.nearRedirect {
            throw RegistryError.nearRedirect(address.authority)
        }
    }

    private func redirect(of response: HTTPClientResponse, from address: HTTPAddress) throws -> HTTPAddress {
        guard let location = response.headers.first(name: "Location") else {
            throw RegistryError.refused(status: Int(clamping: response.status.code), body: "a redirect to nowhere")
        }
        let next = try Self.naming(location) { () throws(InvalidAddress) in try address.resolving(location) }
        guard next.scheme == .https || address.scheme == .http else {
            throw RegistryError.insecureRedirect(next.authority)
        }
        guard next.reach <= transport.registryReach || next.hasSameOrigin(as: transport.registry) else {
            throw RegistryError.nearRedirect(next.authority)
        }
        return next
    }

    /// Runs `body`; what is wrong with an address is said of `text`.
    private static func naming(
        _ text: String, _ body: () throws(InvalidAddress) -> HTTPAddress
    ) throws(RegistryError) -> HTTPAddress {
        do throws(InvalidAddress) {
            return try body()
        } catch {
            throw .invalidAddress(OutsideText.line(text, limit: 200), reason: error.reason)
        }
    }

    // MARK: Signing in

    private func signIn(answering challenges: [String], at address: HTTPAddress) async throws {
        let challenge = try BearerChallenge(challenges)
        let realm = try Self.naming(challenge.realm) { () throws(InvalidAddress) in try HTTPAddress(challenge.realm) }
        let isSameServer = realm.host == address.host && realm.port == address.port
        guard isSameServer || realm.authority == address.authority else {
            throw RegistryError.realmMismatch(realm: realm.authority, original: address.authority)
        }
        guard realm.scheme == address.scheme || realm.scheme == .https else {
            throw RegistryError.insecureRedirect(realm.authority)
        }
        let keyPath = settings.keyPath
        let signer = try await BlockingThreads.shared.run { try RequestSigner(keyAt: keyPath) }
        let query = challenge.query(nonce: RequestSigner.makeNonce(), time: settings.clock())
        let question = realm.text + (realm.target.contains("?") ? "&" : "?") + query
        let tokenAddress = try Self.naming(question) { () throws(InvalidAddress) in try HTTPAddress(question) }
        let authorization = try signer.authorization(method: "GET", url: tokenAddress.text)
        let response = try await transport.get(tokenAddress, headers: ["Authorization": authorization])
        guard response.status == .ok else { throw RegistryError.accessDenied }
        let body = try? await contents(of: response, limit: Self.tokenLimit)
        try Task.checkCancellation()
        guard let text = body.flatMap(BearerChallenge.token) else { throw RegistryError.accessDenied }
        token.withLock { $0 = text }
    }
}
