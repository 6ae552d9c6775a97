import ArgumentParser
import GGUF
import SystemPackage
import Terminal

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Print the metadata and tensors of a GGUF file.")

    @Argument(completion: .file(extensions: ["gguf"])) var file: String

    func run() async throws {
        try await offPool {
            let file = try GGUFFile(partAt: FilePath(file))
            for line in file.descriptionLines() { Terminal.standard.writeLine(line.printableLine(limit: .max)) }
        }
    }
}
