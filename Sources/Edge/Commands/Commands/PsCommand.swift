import APIClient
import APITypes
import ArgumentParser
import Terminal

struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ps", abstract: "List the models that are loaded.")

    @Argument(help: "Show only names that begin with this.")
    var prefix: String?

    func run() async throws {
        let loaded = try await Connection.client().loadedModels()
        for line in ModelTables.loaded(loaded.models, prefix: prefix, now: .now) { Terminal.standard.writeLine(line) }
    }
}
