import Architectures
import CPUBackend
import Compute
import GGUF
import Generation
import ModelLibrary
import Server
import SystemPackage
import Tensors
import Tokenization
import Workers

/// A model opened without a server, by its name in the store or by the path of a GGUF file.
struct LocalModel {
    let source: ModelSource
    /// The template layer, where the model has one.
    let template: String?

    init(_ nameOrPath: String) throws {
        let path = FilePath(nameOrPath)
        // A folder may be called as a model is.
        if let status = try FileSystem.status(of: path, followingLinks: true), status.kind != .folder {
            source = try ModelSource(GGUFFile(contentsOf: path))
            template = nil
            return
        }
        let store = ModelStore(directory: try ServerSettings.fromEnvironment().modelsDirectory)
        let model = try Self.stored(nameOrPath, in: store)
        guard let path = model.modelPath else { throw CommandError("\(nameOrPath) has no weights on this machine") }
        source = try ModelSource(GGUFFile(contentsOf: path))
        template = model.template
    }

    private static func stored(_ text: String, in store: ModelStore) throws -> StoredModel {
        guard !ModelfileSource.isPath(text), let name = try? ModelName(text) else {
            throw CommandError("there is no GGUF file \(text)")
        }
        guard try store.contains(name) else {
            let names = try store.list().models.map { $0.name.description }
            throw CommandError(
                "there is neither a file nor a model \(text)" + NearestName.hint(forModel: text, among: names))
        }
        return try store.model(named: name)
    }

    func tokenizer() throws -> any Tokenizer {
        try TokenizerFactory.make(source.metadata)
    }

    func program() throws -> ModelProgram {
        try ArchitectureRegistry.program(for: source)
    }

    /// The model ready to run one sequence of `length` tokens.
    func executable(
        length: Int, rows: Int = 512, outputs: Int = 1, cacheType: CacheType = .f16
    ) throws -> SingleSequence {
        let blockTokens = 32
        let limits = ExecutionLimits(
            maximumRows: rows, maximumOutputs: outputs, blockCount: (length + blockTokens - 1) / blockTokens,
            blockTokens: blockTokens, contextLength: length, cacheType: cacheType)
        return SingleSequence(try executable(limits, pool: WorkerPool()))
    }

    /// The model bound to memory for `limits`.
    func executable(
        _ limits: ExecutionLimits, pool: WorkerPool, profile: ExecutionProfile? = nil
    ) throws -> any Executable {
        let backend = CPUBackend(kernels: try .fromEnvironment(), pool: pool, profile: profile)
        let program = try program().program
        var limits = limits
        limits.packsWeights = try packsWeights(backend, program, limits)
        return try backend.compile(program, source, limits)
    }

    /// As the server decides it.
    private func packsWeights(_ backend: CPUBackend, _ program: Program, _ limits: ExecutionLimits) throws -> Bool {
        let blockBytes = try backend.cacheBytes(of: program, limits.cacheType, perBlockOf: limits.blockTokens)
        let weightBytes = source.tensors.reduce(0) { $0 + $1.bytes.count }
        return try ServerSettings.fromEnvironment().repacking.isDone(
            packedBytes: backend.packedBytes(of: program), totalBytes: weightBytes + limits.blockCount * blockBytes,
            availableBytes: SystemMemory().availableBytes ?? .max)
    }
}
