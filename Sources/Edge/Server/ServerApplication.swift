package import APITypes
package import Hummingbird
import HummingbirdCore
package import Logging
import ModelLibrary
package import NIOCore
import NIOPosix
package import ServiceLifecycle
import UnixSignals

/// The server as a whole: routes, middleware, listening, and the end of it all.
package enum ServerApplication {
    /// Puts the server together; nothing listens before it runs.
    package static func make(
        _ services: Services, _ settings: ServerSettings, eventLoopGroup: any EventLoopGroup = sharedEventLoops,
        logger: Logger = Logger(label: "apus"), onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let connections = OpenFiles.raiseLimit()
        return Application(
            router: router(services, settings),
            server: HTTPServerBuilder { ClientConnections(settings.connections, responder: $0) },
            configuration: .init(
                address: .hostname(LocalMachine.hostToListen(on: settings.address), port: settings.address.port),
                availableConnectionsDelegate: .maximum(connections, logger: logger)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { await onListening(port) }
            },
            eventLoopGroupProvider: .shared(eventLoopGroup),
            logger: logger)
    }

    /// Serves until the process is told to stop: then no one new is served, running answers get the grace period, and
    /// the models are unloaded.
    /// - Parameter shutdown: frees what stands behind the routes, last of all.
    /// - Throws: `ServerError` where the address cannot be listened on.
    package static func run(
        _ services: Services, _ settings: ServerSettings, logger: Logger = Logger(label: "apus"),
        shutdown: @escaping @Sendable () async -> Void
    ) async throws {
        for warning in settings.warnings { logger.warning("\(warning)") }
        if settings.prunes { await prune(services, logger) }
        try await run(group(services, settings, logger: logger), at: settings.address, shutdown: shutdown)
    }

    /// Removes what interrupted pulls and creations have left behind.
    private static func prune(_ services: Services, _ logger: Logger) async {
        do {
            let freed = try await services.blocking { try services.store.prune() }
            if freed > 0 { logger.info("removed unused files of the model store", metadata: ["bytes": "\(freed)"]) }
        } catch {
            logger.warning("the model store was not cleaned", metadata: ["error": "\(error)"])
        }
    }

    /// The listener, with the signals that end it.
    /// - Parameter onListening: told the port; port 0 of the settings takes a free one.
    package static func group(
        _ services: Services, _ settings: ServerSettings, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: [make(services, settings, logger: logger, onListening: onListening)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.gracePeriod
        return ServiceGroup(configuration: configuration)
    }

    /// - Parameters:
    ///   - address: for the words of an error.
    ///   - shutdown: called when no answer runs any more, however the group ended.
    package static func run(
        _ group: ServiceGroup, at address: ServerAddress, shutdown: @escaping @Sendable () async -> Void
    ) async throws {
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await group.run())
        } catch {
            outcome = .failure(error)
        }
        // In a task of its own: a cancellation must not keep models from being unloaded.
        await Task { await shutdown() }.value
        do {
            try outcome.get()
        } catch is CancellationError where !Task.isCancelled {
            // The grace period was over before all answers were.
        } catch let error as IOError {
            let authority = address.authority
            throw error.errnoCode == EADDRINUSE
                ? ServerError.addressInUse(authority) : .cannotListen(authority, reason: error.description)
        } catch let error as NIOConnectionError {
            throw ServerError.cannotListen(address.authority, reason: "\(error)")
        } catch is SocketAddressError.UnknownHost {
            throw ServerError.cannotListen(address.authority, reason: "the host is unknown")
        }
    }

    /// Bytes are moved by few threads: nothing on them computes or waits.
    package static let sharedEventLoops: any EventLoopGroup = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    private static func router(_ services: Services, _ settings: ServerSettings) -> Router<AppContext> {
        let router = Router(context: AppContext.self)
        router.add(middleware: RequestIdentification())
        router.add(middleware: RequestLog())
        router.add(middleware: MemoryReturn())
        router.add(middleware: HeadRequests())
        router.add(middleware: CORS(origins: settings.origins))
        if settings.listensOnLoopback { router.add(middleware: HostCheck()) }
        router.add(middleware: UnknownPaths())
        router.add(middleware: RequestTimeouts())
        var routes = RouteTable(router: router)
        for endpoint in HealthRoutes.endpoints { endpoint.mount(on: &routes, services) }
        for endpoint in OllamaRoutes.endpoints { endpoint.mount(on: &routes, services) }
        routes.family = .openAI
        for endpoint in OpenAIRoutes.endpoints { endpoint.mount(on: &routes, services) }
        routes.family = .anthropic
        for endpoint in AnthropicRoutes.endpoints { endpoint.mount(on: &routes, services) }
        routes.refuseOtherMethods()
        return router
    }
}

extension ServerSettings {
    fileprivate var listensOnLoopback: Bool {
        if address.host.lowercased() == "localhost" { return true }
        return IPAddress(address.host)?.isLoopback ?? false
    }
}
