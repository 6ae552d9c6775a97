import APITypes
import HTTPTypes
import JSON
import Logging
import NIOCore
import NIOHTTP1

/// Keeps a connection to the rules of HTTP/1: what its requests may look like, in which version and with which last words
/// they are answered, and how the connection ends.
///
/// Stands between the codec and the routes. What is no request is answered here, in its turn, and ends the connection; a
/// request whose body breaks off fails where its route reads the body. The client's departure is told to `presence`.
final class HTTPExchanges: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose response is not complete.
    private struct Exchange {
        /// Whether the client speaks HTTP/1.0: it knows no chunks, and takes the end of the connection for that of the body.
        let isOld: Bool
        var awaitsContinue: Bool
        /// Whether the connection ends with the response.
        var isLast: Bool

        init(_ head: HTTPRequestHead) {
            isOld = head.version.minor == 0
            awaitsContinue = !isOld && head.headers.contains(name: "Expect")
            // The decoder reads nothing after a request that asks for another protocol.
            let asksForAnother = head.method == .CONNECT || head.headers.contains(name: "Upgrade")
            isLast = !head.isKeepAlive || isOld || asksForAnother
        }
    }

    private let presence: ClientPresence
    private let parting: TimeAmount
    private let logger: Logger

    /// Oldest first; the last one may still be arriving.
    private var due = CircularBuffer<Exchange>()
    private var isRequestArriving = false
    /// Whether what follows is no request any more.
    private var ignoresInput = false
    /// The answer to what was no request, where others are due before it.
    private var refusal: (failure: APIFailure, hasBody: Bool)?
    private var lastWrite: EventLoopFuture<Void>?
    private var isEnding = false
    private var isInputClosed = false

    init(presence: ClientPresence, parting: TimeAmount, logger: Logger) {
        self.presence = presence
        self.parting = parting
        self.logger = logger
    }

    // MARK: What the client sends

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !ignoresInput else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let failure = APIFailure(violatedBy: head) {
                ignoresInput = true
                refuse(context, failure, hasBody: head.method != .HEAD)
                return
            }
            isRequestArriving = true
            due.append(Exchange(head))
            if due.count == 1 { inviteBody(context) }
        case .body:
            break
        case .end:
            isRequestArriving = false
            // Where its response is complete already, nothing is due.
            if due.last?.isLast == true { ignoresInput = true }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody else asks for what is thrown away.
        if isEnding { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure: APIFailure
        switch error {
        case let error as HTTPParserError: failure = APIFailure(error)
        case let error as APIFailure: failure = error
        default:
            presence.leave()
            context.fireErrorCaught(error)
            return
        }
        guard !ignoresInput else { return }
        ignoresInput = true
        guard isRequestArriving else { return refuse(context, failure, hasBody: true) }
        guard !due.isEmpty else { return end(context) }
        due[due.index(before: due.endIndex)].isLast = true
        context.fireErrorCaught(failure)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            presence.leave()
            if isEnding { close(context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        presence.leave()
        context.fireChannelInactive()
    }

    // MARK: What it is answered

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isEnding, let exchange = due.first else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if exchange.isOld { head.version = .http1_0 }
            if exchange.isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            due.removeFirst()
            writeEnd(context, data, promise)
            if exchange.isLast {
                end(context)
            } else if let refusal, due.isEmpty {
                refuse(context, refusal.failure, hasBody: refusal.hasBody)
            } else {
                inviteBody(context)
            }
        }
    }

    /// The server has nothing more to say.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        end(context)
        promise?.succeed()
    }

    /// Tells a client that waits for it to send the body of the request that is served next.
    private func inviteBody(_ context: ChannelHandlerContext) {
        guard let next = due.first, next.awaitsContinue else { return }
        due[due.startIndex].awaitsContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    /// Answers what was no request when its turn has come.
    private func refuse(_ context: ChannelHandlerContext, _ failure: APIFailure, hasBody: Bool) {
        guard due.isEmpty else {
            refusal = (failure, hasBody)
            return
        }
        let id = RequestIdentifier.make()
        logger.info(
            "refused what is no request",
            metadata: [
                "client": "\(context.remoteAddress?.clientText ?? "-")", "error": "\(failure.message)",
                "\(RequestIdentifier.logKey)": "\(id)",
            ])
        let body = ByteBuffer(bytes: JSONWriter(.go).bytes(of: APIFamily.ollama.body(failure).json))
        var head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: failure.status.code))
        head.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        head.headers.add(name: "Connection", value: "close")
        head.headers.add(name: RequestIdentifier.field, value: id)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if hasBody { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        writeEnd(context, wrapOutboundOut(.end(nil)), nil)
        end(context)
    }

    private func writeEnd(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise()
        lastWrite = written.futureResult
        context.writeAndFlush(data, promise: written)
    }

    /// Ends the connection after what is written: closed at once, with bytes of the client unread, the last response could
    /// be lost on its way.
    private func end(_ context: ChannelHandlerContext) {
        guard !isEnding else { return }
        isEnding = true
        ignoresInput = true
        (lastWrite ?? context.eventLoop.makeSucceededVoidFuture()).assumeIsolated().whenComplete { [self] _ in
            guard !isInputClosed else { return close(context) }
            context.close(mode: .output, promise: nil)
            context.read()
            context.eventLoop.assumeIsolated().scheduleTask(in: parting) { [self] in close(context) }
        }
    }

    private func close(_ context: ChannelHandlerContext) {
        context.close(promise: nil)
    }
}
