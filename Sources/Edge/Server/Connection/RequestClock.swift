import NIOCore
import NIOHTTP1

/// Watches how fast the requests of a connection arrive; one that is too slow becomes an error of the pipeline.
final class RequestClock: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var pace: RequestPace
    /// Whether what was read last has completed anything.
    private var hasPart = false
    private var check: Scheduled<Void>?

    init(_ limits: ConnectionLimits) {
        pace = RequestPace(limits)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasPart = true
        switch unwrapInboundIn(data) {
        case .head(let head):
            pace.headerEnds(isUpload: head.uri.hasPrefix(Blobs.path), at: context.eventLoop.now)
        case .body(let bytes): pace.bodyArrives(bytes.readableBytes)
        case .end: pace.requestEnds(at: context.eventLoop.now)
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        if !hasPart { pace.partArrives(at: now) }
        hasPart = false
        // The next read says that the server is ready again.
        pace.reads(false, at: now)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        pace.reads(true, at: context.eventLoop.now)
        schedule(context)
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
    }

    private func schedule(_ context: ChannelHandlerContext) {
        guard check == nil, let deadline = pace.deadline else { return }
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            check = nil
            if let refusal = pace.refusal(at: context.eventLoop.now) {
                context.fireErrorCaught(refusal)
            } else {
                schedule(context)
            }
        }
    }
}
