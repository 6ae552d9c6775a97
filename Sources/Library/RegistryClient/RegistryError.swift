package import ModelLibrary

/// Why a registry cannot give what was asked.
package enum RegistryError: Error, Hashable, Sendable {
    /// The name asks for plain `http`, and the user has not allowed it.
    case insecureProtocol
    case notFound
    case accessDenied
    /// An answer that says no, with the start of its body.
    case refused(status: Int, body: String)
    case invalidManifest(String)
    case safetensorsUnsupported
    case invalidAddress(String, reason: String)
    /// An answer with a status that HTTP does not have.
    case invalidStatus(Int)
    case tooManyRedirects(String)
    /// A secure address sends to an insecure one.
    case insecureRedirect(String)
    /// A registry sends to a host that is nearer to this machine than it is itself; nil where the host has no name here.
    case nearRedirect(String?)
    case challengeInvalid(String)
    case realmMismatch(realm: String, original: String)
    case invalidKey(path: String, reason: String)
    /// The registry breaks the protocol: more bytes, fewer bytes, another range than asked for.
    case wrongLength(Digest, String)
    case digestMismatch(wanted: Digest, got: Digest)
    case unreachable(host: String, reason: String)
    /// The user's own settings.
    case invalidProxy(variable: String, reason: String)
    case retriesExceeded(String)
}

extension RegistryError: CustomStringConvertible {
    /// One line; what a registry says in it has no control characters.
    package var description: String { OutsideText.line(text) }

    private var text: String {
        switch self {
        case .insecureProtocol: "insecure protocol http"
        case .notFound: "pull model manifest: file does not exist"
        case .accessDenied: "unauthorized: access denied"
        case .refused(let status, let body): "pull model manifest: \(status): \(body)"
        case .invalidManifest(let reason): "the registry sent an invalid manifest: \(reason)"
        case .safetensorsUnsupported:
            "this model is in the safetensors format, which is not supported; pull a GGUF model"
        case .invalidAddress(let text, let reason): "the registry sent an invalid address: \(text) (\(reason))"
        case .invalidStatus(let status): "the registry answered with the status \(status), which HTTP does not have"
        case .tooManyRedirects(let host): "\(host) redirects without end"
        case .insecureRedirect(let host): "the registry redirects to \(host) without encryption; refused"
        case .nearRedirect(let host):
            "the registry redirects to \(host ?? "a host"), which is on this machine or in its own network; refused"
        case .challengeInvalid(let reason): "the registry asks for a login in an unknown way: \(reason)"
        case .realmMismatch(let realm, let original):
            "realm host \"\(realm)\" does not match original host \"\(original)\""
        case .invalidKey(let path, let reason): "the key \(path) cannot be used: \(reason)"
        case .wrongLength(let digest, let reason): "the registry sent a wrong length for \(digest): \(reason)"
        case .digestMismatch(let wanted, let got):
            "digest mismatch, file must be downloaded again: want \(wanted), got \(got)"
        case .unreachable(let host, let reason): "cannot reach \(host): \(reason)"
        case .invalidProxy(let variable, let reason):
            "the variable \(variable) names no proxy that can be used: \(reason)"
        case .retriesExceeded(let reason): "max retries exceeded: \(reason)"
        }
    }
}
