package import Hummingbird
import Logging
import NIOCore

/// What a request carries through middleware and handler.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Whom the request is from.
    let client = ClientPresence.current
    /// When the client waits no longer.
    var deadline: RequestDeadline?
    private let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The client's address as text; nil without a socket.
    var clientAddress: String? { channel.remoteAddress?.clientText }

    /// Ends the connection at once, whatever is still to be written.
    func closeConnection() {
        channel.close(promise: nil)
    }
}
