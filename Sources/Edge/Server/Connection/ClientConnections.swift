import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// How connections are set up: HTTP/1 of Hummingbird, with the clock and the rules of this server in front of it.
struct ClientConnections: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let http: HTTP1Channel.Value
        let presence: ClientPresence

        var channel: any Channel { http.channel }
    }

    let http: HTTP1Channel
    let limits: ConnectionLimits

    init(_ limits: ConnectionLimits, responder: @escaping HTTPChannelHandler.Responder) {
        let headers = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 200)
        http = HTTP1Channel(
            responder: responder, configuration: .init(idleTimeout: limits.idle, httpDecoderConfiguration: headers))
        self.limits = limits
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { http in
            let presence = ClientPresence()
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let handlers: [any ChannelHandler] = [
                RequestClock(limits),
                HTTPExchanges(presence: presence, parting: limits.parting, logger: logger),
            ]
            try pipeline.addHandlers(handlers, position: .after(decoder))
            return Value(http: http, presence: presence)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await ClientPresence.$current.withValue(value.presence) {
            await http.handle(value: value.http, logger: logger)
        }
    }
}
