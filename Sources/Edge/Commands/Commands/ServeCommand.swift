import ArgumentParser
import CPUBackend
import Chat
import Generation
import Logging
import ModelLibrary
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Start the server.",
        discussion: "Environment variables:\n"
            + SettingsCatalog.all.map { "  \($0.variable): \($0.help) (default \($0.defaultValue))" }
            .joined(separator: "\n"),
        aliases: ["start"])

    func run() async throws {
        let settings = try ServerSettings.fromEnvironment()
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = settings.logLevel
            return handler
        }
        let engine = try LocalEngine(settings)
        try await ServerApplication.run(engine.services, settings) {
            await engine.shutDown()
        }
    }
}
