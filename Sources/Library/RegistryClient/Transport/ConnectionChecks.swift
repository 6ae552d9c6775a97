import HTTPChecks
import NIOCore
import NIOHTTP1

/// What a connection is held to before it carries requests, and while it carries answers.
struct ConnectionChecks: Sendable {
    /// Judges the address of who is at the other end; nil where that is a proxy.
    let judgePeer: (@Sendable (Reach) throws -> Void)?
    /// Whether requests name whole addresses, as a proxy for plain `http` wants them.
    let isForwarded: Bool

    /// A connection that does not pass is closed.
    func apply(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            try judgePeer?(Self.reach(of: channel))
            guard isForwarded, channel.isActive else { return }
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(WholeAddressTargets(), position: .after(decoder))
        }.flatMap {
            AnswerCheck.watch(channel)
        }.flatMapErrorThrowing { error in
            channel.close(promise: nil)
            throw error
        }
    }

    /// Names may lead anywhere: only the connection knows. Whoever has our own address is this machine.
    private static func reach(of channel: any Channel) -> Reach {
        guard let peer = channel.remoteAddress?.ipAddress else { return .everywhere }
        return peer == channel.localAddress?.ipAddress ? .machine : NetworkAddress(peer)?.reach ?? .everywhere
    }
}

private final class WholeAddressTargets: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var part = unwrapOutboundIn(data)
        if case .head(var head) = part, let host = head.headers.first(name: "Host") {
            head.uri = "http://\(host)\(head.uri)"
            part = .head(head)
        }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
