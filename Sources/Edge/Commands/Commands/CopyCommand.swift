import APIClient
import APITypes
import ArgumentParser
import Terminal

struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cp", abstract: "Copy a model under another name.")

    @Argument var source: String
    @Argument var destination: String

    func run() async throws {
        let client = try await Connection.client()
        try await client.hinting(at: source) {
            try await client.copy(CopyRequest(source: source, destination: destination))
        }
        Terminal.standard.writeLine("copied '\(source)' to '\(destination)'")
    }
}
