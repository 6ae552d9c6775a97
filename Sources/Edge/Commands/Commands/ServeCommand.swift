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

    @Option(help: "A model that guesses ahead for every model of the same vocabulary.") var draft: String?

    func run() async throws {
        var settings = try ServerSettings.fromEnvironment()
        if let draft {
            guard let name = try? ModelName(draft) else { throw CommandError("invalid model name: \(draft)") }
            settings.draftModel = name
        }
        let logLevel = settings.logLevel
        LoggingSystem.bootstrap { label in
            var handler = PrintableLogHandler(StreamLogHandler.standardError(label: label))
            handler.logLevel = logLevel
            return handler
        }
        let engine = try LocalEngine(settings)
        try await ServerApplication.run(engine.services, settings) {
            await engine.shutDown()
        }
    }
}
