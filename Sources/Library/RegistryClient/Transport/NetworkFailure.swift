import AsyncHTTPClient
import NIOCore
import NIOPosix
import SystemPackage

/// Says in a few words why a connection failed.
enum NetworkFailure {
    static func text(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout: "no connection within the time allowed"
            case .readTimeout: "no data for too long"
            case .deadlineExceeded: "no answer within the time allowed"
            case .remoteConnectionClosed: "the connection was closed"
            default: error.description
            }
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { text(of: $0.error) } ?? "the host is unknown"
        case let error as IOError: Errno(rawValue: error.errnoCode).description.lowercased()
        default: String("\(error)".prefix(300))
        }
    }
}
