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
    package init(contentsOf path: FilePath, contextLength: Int? = nil, model: String) throws(GenerationError) {
        do {
            try self.init(ModelContents(GGUFFile(contentsOf: path)), contextLength: contextLength)
        } catch {
            throw .modelUnusable(model: model, reason: "\(error)")
        }
    }

    /// The model in a file that is open already.
    package init(_ source: ModelContents, contextLength: Int? = nil) throws {
        self.source = source
        program = try ArchitectureRegistry.program(for: source, contextLength: contextLength)
        tokenizer = try TokenizerFactory.make(source.metadata)
        try source.file.checkIntact()
    }

    /// Bytes of all tensors.
    package var weightBytes: Int { source.tensors.reduce(0) { $0 + $1.bytes.count } }

    /// - Throws: `modelUnusable` for a model whose results are not the next token's.
    package func checkGenerates(_ model: String) throws(GenerationError) {
        guard program.program.meaning == .logits else {
            let results = program.program.meaning == .scores ? "scores" : "embeddings"
            throw .modelUnusable(
                model: model, reason: "it computes \(results) and cannot generate text; use /api/embed")
        }
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
