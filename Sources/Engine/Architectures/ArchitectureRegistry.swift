package import Compute
package import GGUF

/// Every architecture that can be run, and the way from a file to a program.
package enum ArchitectureRegistry {
    static let all: [any ModelArchitecture.Type] = [
        Llama.self,
        Qwen2.self,
    ]

    /// The supported values of `general.architecture`.
    package static var names: [String] { all.flatMap { $0.names } }

    /// Builds the program of the model in `file`, with every pass applied. Reads descriptions of tensors, not their data.
    package static func program(for file: GGUFFile) throws(ComputeError) -> ModelProgram {
        try program(for: file.metadata, weights: file)
    }

    /// The same for metadata and weights that do not come from one file. `passes` is for tests that compare programs.
    package static func program(
        for metadata: GGUFMetadata, weights: any WeightSource, passes: [ProgramPass] = ProgramPass.allCases
    ) throws(ComputeError) -> ModelProgram {
        let model = try Hyperparameters(metadata)
        guard let architecture = all.first(where: { $0.names.contains(model.architecture) }) else {
            throw .unsupported(
                "the architecture \"\(model.architecture)\" is not supported; supported are "
                    + names.joined(separator: ", "))
        }
        let program = try architecture.program(model, WeightDirectory(weights))
        return ModelProgram(
            architecture: model.architecture, program: program.applying(passes), layerCount: model.layerCount,
            embeddingWidth: model.embeddingWidth, contextLength: model.contextLength)
    }
}

extension GGUFFile: WeightSource {}
