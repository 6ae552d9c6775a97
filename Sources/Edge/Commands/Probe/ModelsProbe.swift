import Architectures
import ArgumentParser
import JSON
import OrderedCollections

struct ModelsProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Print which models run, as Docs/models.md.")

    @OptionGroup var output: ProbeOutput

    func run() async throws {
        let models = ArchitectureRegistry.models.map { model in
            JSONValue.object([
                "architecture": .string(model.architecture), "models": .string(model.title),
                "library": .array(model.library.map { .string($0) }),
                "goldens": .array(model.goldens.map { .string($0) }),
                "missing": model.missing.map { .string($0) } ?? .null,
            ])
        }
        // The document ends with a line break, as the output does.
        output.print(["models": .array(models)]) { String(ArchitectureRegistry.modelsDocument.dropLast()) }
    }
}
