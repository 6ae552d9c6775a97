import APIClient
import APITypes
import ArgumentParser
import Terminal

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models that are stored.", aliases: ["ls"])

    @Argument(help: "Show only names that begin with this.")
    var prefix: String?

    func run() async throws {
        let tags = try await Connection.client().list()
        for line in ModelTables.stored(tags.models, prefix: prefix, now: .now) { Terminal.standard.writeLine(line) }
    }
}
