import APIClient
import ArgumentParser

struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stop", abstract: "Unload a model.")

    @Argument var model: String

    func run() async throws {
        do {
            try await Connection.client().unload(model)
        } catch let error as APIClientError where error.isNotFound {
            throw CommandError("couldn't find model \"\(model)\" to stop")
        }
    }
}
