package import Architectures
package import Compute
import GGUF
package import SystemPackage
import Tensors
package import Tokenization

/// A model file that is open: its weights are mapped, its tokenizer and program are made, nothing is computed.
package struct ModelFile: Sendable {
    /// Metadata and weights.
    package let source: ModelContents
    package let program: ModelProgram
    package let tokenizer: any Tokenizer

    /// Blocks on the disk.
    /// - Parameter contextLength: positions that sequences will have at most; nil for what the model was trained for.
    /// - Throws: `modelUnusable` with what is wrong with the file.
    package init(
        contentsOf path: FilePath, contextLength: Int? = nil, purpose: ModelPurpose = .own, model: String
    ) throws(GenerationError) {
        do {
            try self.init(ModelContents(GGUFFile(contentsOf: path)), contextLength: contextLength, purpose: purpose)
        } catch {
            throw .modelUnusable(model: model, reason: "\(error)")
        }
    }

    /// The model in a file that is open already.
    package init(_ source: ModelContents, contextLength: Int? = nil, purpose: ModelPurpose = .own) throws {
        self.source = source
        program = try ArchitectureRegistry.program(for: source, contextLength: contextLength, purpose: purpose)
        tokenizer = try TokenizerFactory.make(source.metadata)
        try source.file.checkIntact()
    }

    /// Bytes of all tensors.
    package var weightBytes: Int { source.tensors.reduce(0) { $0 + $1.bytes.count } }

    /// - Throws: `unsupportedCapability` for a model that was not made for the next token, although its rows may be those
    ///   of a language model.
    package func checkGenerates(_ model: String) throws(GenerationError) {
        guard program.program.meaning == .logits, !source.metadata.namesPooling else {
            throw .unsupportedCapability(model: model, capability: "completion")
        }
    }

    /// Whether Ollama's `/api/embeddings` gives the vectors of this model as long as the model makes them: encoders were
    /// published without saying that they are to be normalized.
    package var keepsLength: Bool {
        let metadata = source.metadata
        return ["bert", "nomic-bert"].contains(program.architecture)
            && metadata[metadata.architectureKey("normalize_embeddings")] != .bool(true)
    }

    /// Plans the cache for `contextLength` tokens, or as many as the model was trained for.
    /// - Throws: also where `backend` has no cache of `cacheType` for this model.
    package func plan(
        _ backend: any Backend, cacheType: CacheType = .f16, contextLength: Int, batchRows: Int?,
        parallelSequences: Int, availableBytes: Int, repacking: Repacking = .auto, model: String
    ) throws(GenerationError) -> MemoryPlan {
        let planner: MemoryPlanner
        do throws(ComputeError) {
            planner = try self.planner(
                backend, cacheType, contextLength: min(contextLength, program.contextLength),
                batchRows: min(max(batchRows ?? 512, 32), 4096), parallelSequences: parallelSequences,
                repacking: repacking)
        } catch {
            throw .modelUnusable(model: model, reason: error.description)
        }
        return try planner.plan(availableBytes: availableBytes, model: model)
    }

    /// Plans what batches of whole texts of up to `contextLength` tokens need.
    package func textPlan(
        _ backend: any Backend, contextLength: Int, batchRows: Int?, availableBytes: Int, repacking: Repacking = .auto,
        model: String
    ) throws(GenerationError) -> MemoryPlan {
        let longest = min(contextLength, program.contextLength)
        let planner: MemoryPlanner
        do throws(ComputeError) {
            // Keys and values live as long as a batch, so their exact numbers cost little.
            planner = try self.planner(
                backend, .f32, contextLength: longest, batchRows: max(min(batchRows ?? 512, 4096), longest),
                parallelSequences: 1, repacking: repacking)
        } catch {
            throw .modelUnusable(model: model, reason: error.description)
        }
        return try planner.textPlan(availableBytes: availableBytes, model: model)
    }

    /// Plans what a tool needs that runs `sequences` sequences of `length` tokens.
    /// - Parameter outputs: rows of a batch whose results are wanted.
    package func plan(
        _ backend: any Backend, cacheType: CacheType = .f16, sequences: Int = 1, length: Int, batchRows: Int = 512,
        outputs: Int, availableBytes: Int, repacking: Repacking = .auto
    ) throws(ComputeError) -> MemoryPlan {
        try planner(
            backend, cacheType, contextLength: length, batchRows: batchRows, parallelSequences: sequences,
            repacking: repacking
        ).exactPlan(outputs: outputs, availableBytes: availableBytes)
    }

    private func planner(
        _ backend: any Backend, _ cacheType: CacheType, contextLength: Int, batchRows: Int, parallelSequences: Int,
        repacking: Repacking
    ) throws(ComputeError) -> MemoryPlanner {
        MemoryPlanner(
            weightBytes: weightBytes,
            footprint: try backend.footprint(of: program.program, cacheType, blockTokens: MemoryPlanner.blockTokens),
            policies: program.program.cacheGroups.map(\.policy), contextLength: contextLength,
            parallelSequences: parallelSequences, batchRows: batchRows, cacheType: cacheType, repacking: repacking)
    }

    /// Binds the program to its weights and reserves the cache.
    package func makeExecutable(
        _ backend: any Backend, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        try backend.compile(program.program, source, limits)
    }
}
