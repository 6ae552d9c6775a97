package import Compute
package import GGUF
import Tensors

/// A family of models that share a forward pass.
package protocol ModelArchitecture: Sendable {
    /// The models that it computes.
    static var models: [ModelListing] { get }
    /// Writes the forward pass as the family's paper describes it; passes fuse it later.
    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program
}

/// A program and what others need to know of its model.
package struct ModelProgram: Sendable {
    /// `general.architecture`.
    package let architecture: String
    package let program: Program
    package let layerCount: Int
    package let embeddingWidth: Int
    /// Positions that the model was trained for.
    package let contextLength: Int
    /// Tokens that it knows.
    package let vocabularySize: Int
}

/// What is wanted of a model.
package enum ModelPurpose: String, Hashable, Sendable, CaseIterable {
    /// What it was made for: the next token's logits, or what an encoder makes of a text.
    case own
    /// One row a text, or a score where the model ranks: a language model's rows are pooled in the place of its head.
    case embeddings
}

/// Every architecture that can be run, and the way from a file to a program.
package enum ArchitectureRegistry {
    package static let all: [any ModelArchitecture.Type] = [
        Arcee.self,
        Bert.self,
        Bloom.self,
        Cohere2.self,
        CommandR.self,
        DeepSeek.self,
        DeepSeek2.self,
        Falcon.self,
        Gemma.self,
        Gemma2.self,
        Gemma3.self,
        GLM4.self,
        GPT2.self,
        GPTOSS.self,
        Granite.self,
        GraniteHybrid.self,
        Llama.self,
        Mamba2.self,
        NomicBert.self,
        Olmo.self,
        Olmo2.self,
        Phi2.self,
        Phi3.self,
        PhiMoE.self,
        Qwen2.self,
        Qwen2MoE.self,
        Qwen2VL.self,
        Qwen3.self,
        Qwen3VL.self,
        SmolLM3.self,
        StarCoder2.self,
    ]

    /// The supported values of `general.architecture`.
    package static var names: [String] { Set(all.flatMap { $0.models.map(\.architecture) }).sorted() }

    /// Builds the program of a model, with every pass applied. Reads descriptions of tensors, not their data.
    /// - Parameter contextLength: positions that sequences will have at most; some models compute differently in a long
    ///   context. Nil for what the model was trained for.
    package static func program(
        for source: ModelContents, contextLength: Int? = nil, purpose: ModelPurpose = .own
    ) throws(ComputeError) -> ModelProgram {
        try program(for: source.metadata, weights: source, contextLength: contextLength, purpose: purpose)
    }

    /// The same for metadata and weights that do not come from one file. `passes` is for tests that compare programs.
    package static func program(
        for metadata: GGUFMetadata, weights: any WeightSource, contextLength: Int? = nil,
        purpose: ModelPurpose = .own, passes: [ProgramPass] = ProgramPass.allCases
    ) throws(ComputeError) -> ModelProgram {
        let model = try Hyperparameters(metadata, servedLength: contextLength)
        guard let architecture = all.first(where: { $0.models.contains { $0.architecture == model.architecture } })
        else {
            throw .unsupported(
                "the architecture \"\(model.architecture)\" is not supported; supported are "
                    + names.joined(separator: ", "))
        }
        let weights = WeightDirectory(weights)
        var program = try architecture.program(model, weights)
        if purpose == .embeddings, program.meaning != .scores, program.pooling == nil {
            program = try program.embeddings(model.pooling(default: program.meaning == .logits ? .last : .mean))
        }
        return ModelProgram(
            architecture: model.architecture, program: program.applying(passes), layerCount: model.layerCount,
            embeddingWidth: model.embeddingWidth, contextLength: model.contextLength,
            vocabularySize: try weights.weight("token_embd").shape.rowCount)
    }
}
