import APIClient
import APITypes
import ArgumentParser
import Terminal

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove models from the store.")

    @Argument(help: "Names of models.")
    var models: [String]

    func run() async throws {
        let terminal = Terminal.standard
        let client = try await Connection.client()
        for model in models {
            do {
                try await client.unload(model)
            } catch let error as APIClientError where error.isNotFound {
                // The removal below says so.
            } catch {
                terminal.writeNotice("Warning: unable to stop model '\(model)'")
            }
            try await client.hinting(at: model) { try await client.delete(DeleteRequest(model: model)) }
            terminal.writeLine("deleted '\(model)'")
        }
    }
}
