/// Why the server does not start.
package enum ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    case addressInUse(String)
    case cannotListen(String, reason: String)
    case badOrigin(String)

    package var description: String {
        switch self {
        case .addressInUse(let address):
            "listen tcp \(address): bind: address already in use; stop the other server or choose another OLLAMA_HOST"
        case .cannotListen(let address, let reason): "listen tcp \(address): \(reason); check OLLAMA_HOST"
        case .badOrigin(let origin):
            "bad origin \"\(origin)\" in OLLAMA_ORIGINS: write http://host, https://host, or a text with one *"
        }
    }
}
