import AsyncHTTPClient
import NIOCore
import NIOPosix
import SystemPackage

/// Says in a few words why a connection failed.
enum NetworkFailure {
    static let proxyLogin =
        "the proxy asks for a user and a password; write them into its variable as http://USER:PASSWORD@HOST:PORT"

    static func text(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: "no connection within the time allowed"
            case .readTimeout: "no data for too long"
            case .deadlineExceeded: "no answer within the time allowed"
            case .remoteConnectionClosed: "the connection was closed"
            case .proxyAuthenticationRequired: proxyLogin
            case .invalidProxyResponse: "the proxy refuses the connection"
            case .httpProxyHandshakeTimeout, .socksHandshakeTimeout: "the proxy does not answer"
            default: error.description
            }
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { text(of: $0.error) } ?? "the host is unknown"
        case let error as IOError: Errno(rawValue: error.errnoCode).description.lowercased()
        default: String("\(error)".prefix(300))
        }
    }
}
