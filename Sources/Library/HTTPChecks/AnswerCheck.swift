package import NIOCore
package import NIOHTTP1

/// An answer has a status that HTTP does not have.
package struct InvalidStatus: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Int

    package var description: String { "the answer has the status \(code), which HTTP does not have" }
}

/// Ends a connection of a client whose answer has such a status: AsyncHTTPClient relies on there being none, and ends the
/// process otherwise. Interim answers are passed over, so that they do not count as progress.
package final class AnswerCheck: ChannelInboundHandler {
    package typealias InboundIn = HTTPClientResponsePart
    package typealias InboundOut = HTTPClientResponsePart

    private var isBroken = false

    private init() {}

    /// Checks the answers on a connection that has HTTP's handlers; for AsyncHTTPClient's initializer of connections.
    package static func watch(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            guard channel.isActive else { return }
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(AnswerCheck(), position: .after(decoder))
        }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        if case .head(let head) = unwrapInboundIn(data) {
            switch head.status.code {
            case 200...999: break
            case 100, 102...199: return
            default:
                isBroken = true
                context.fireErrorCaught(InvalidStatus(code: Int(clamping: head.status.code)))
                context.close(promise: nil)
                return
            }
        }
        context.fireChannelRead(data)
    }
}
