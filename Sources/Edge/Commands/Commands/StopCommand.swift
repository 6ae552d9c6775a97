import APIClient
import ArgumentParser

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stop", abstract: "Unload a model.")

    @Argument var model: String

    func run() async throws {
        let client = try await Connection.client()
        do {
            try await client.unload(model)
        } catch let error as APIClientError where error.isNotFound {
            throw CommandError("couldn't find model \"\(model)\" to stop" + (await client.hint(for: model)))
        }
    }
}
