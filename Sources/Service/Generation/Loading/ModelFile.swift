package import Architectures
package import Compute
import GGUF
package import SystemPackage
import Tensors
package import Tokenization

/// A model file that is open: its weights are mapped, its tokenizer and program are made, nothing is computed.
package struct ModelFile: Sendable {
    package let source: ModelSource
    package let program: ModelProgram
    package let tokenizer: any Tokenizer

    /// Blocks on the disk.
    /// - Throws: `modelUnusable` with what is wrong with the file.
    package init(contentsOf path: FilePath, model: String) throws(GenerationError) {
        do {
            source = try ModelSource(GGUFFile(contentsOf: path))
            program = try ArchitectureRegistry.program(for: source)
            tokenizer = try TokenizerFactory.make(source.metadata)
            try source.file.checkIntact()
        } catch {
            throw .modelUnusable(model: model, reason: "\(error)")
        }
    }

    /// Bytes of all tensors.
    package var weightBytes: Int { source.tensors.reduce(0) { $0 + $1.bytes.count } }

    /// Plans the cache for `contextLength` tokens, or as many as the model was trained for.
    /// - Throws: also where `backend` has no cache of `cacheType` for this model.
    package func plan(
        _ backend: any Backend, cacheType: CacheType = .f16, contextLength: Int, batchRows: Int?,
        parallelSequences: Int, availableBytes: Int, repacking: Repacking = .auto, model: String
    ) throws(GenerationError) -> MemoryPlan {
        let blockTokens = 32
        let blockBytes: Int
        do throws(ComputeError) {
            blockBytes = try backend.cacheBytes(of: program.program, cacheType, perBlockOf: blockTokens)
        } catch {
            throw .modelUnusable(model: model, reason: error.description)
        }
        return try MemoryPlanner(
            weightBytes: weightBytes, blockBytes: blockBytes, blockTokens: blockTokens,
            contextLength: min(contextLength, program.contextLength), parallelSequences: parallelSequences,
            batchRows: batchRows ?? 512, cacheType: cacheType,
            packedBytes: backend.packedBytes(of: program.program), repacking: repacking
        ).plan(availableBytes: availableBytes, model: model)
    }

    /// Binds the program to its weights and reserves the cache.
    package func makeExecutable(
        _ backend: any Backend, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        try backend.compile(program.program, source, limits)
    }
}
