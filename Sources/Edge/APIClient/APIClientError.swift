/// Why a server did not do what it was asked.
package enum APIClientError: Error, Hashable, Sendable {
    /// Nobody listens at the address.
    case unreachable(address: String, reason: String)
    /// The server refused; `message` is its own.
    case refused(status: Int, reason: String, message: String)
    /// The server gave up in the middle of a stream; `message` is its own.
    case failed(message: String)
    /// The server did not speak the protocol.
    case badReply(String)
    /// The connection ended before the answer did.
    case interrupted(String)
    /// A file of this machine cannot be sent.
    case unreadableFile(String, reason: String)

    /// `400 Bad Request`, where the server refused.
    package var statusLine: String? {
        guard case .refused(let status, let reason, _) = self else { return nil }
        return reason.isEmpty ? "\(status)" : "\(status) \(reason)"
    }

    /// Whether the server answered that something does not exist.
    package var isNotFound: Bool {
        guard case .refused(404, _, _) = self else { return false }
        return true
    }
}

extension APIClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let address, _):
            "could not connect to a server at \(address), run 'apus serve' to start it"
        case .refused(_, _, let message), .failed(let message): message
        case .badReply(let what): "the server's reply cannot be read: \(what)"
        case .interrupted(let reason): "the connection to the server ended early: \(reason)"
        case .unreadableFile(let path, let reason): "cannot read \(path): \(reason)"
        }
    }
}
