package import Hummingbird
import Logging
import NIOCore

/// What a request carries through middleware and handler.
package struct AppContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The client's address as text; nil without a socket.
    package let clientAddress: String?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        clientAddress = source.channel.remoteAddress?.ipAddress
    }
}
