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
    let source: ModelContents
    /// The template layer, where the model has one.
    let template: String?

    init(_ nameOrPath: String) throws {
        let path = FilePath(nameOrPath)
        // A folder may be called as a model is.
        if let status = try FileSystem.status(of: path, followingLinks: true), status.kind != .folder {
            source = try ModelContents(GGUFFile(contentsOf: path))
            template = nil
            return
        }
        let store = ModelStore(directory: try ServerSettings.fromEnvironment().modelsDirectory)
        let model = try Self.stored(nameOrPath, in: store)
        guard let path = model.modelPath else { throw CommandError("\(nameOrPath) has no weights on this machine") }
        source = try ModelContents(GGUFFile(contentsOf: path))
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
        SingleSequence(
            try executable(length: length, rows: rows, outputs: outputs, cacheType: cacheType, pool: WorkerPool()))
    }

    /// The model bound to memory for `sequences` sequences of `length` tokens. Weights are repacked as a server would do it.
    /// - Parameters:
    ///   - rows: of a batch.
    ///   - outputs: rows of a batch whose results are wanted.
    func executable(
        sequences: Int = 1, length: Int, rows: Int = 512, outputs: Int, cacheType: CacheType = .f16, pool: WorkerPool,
        profile: ExecutionProfile? = nil
    ) throws -> any Executable {
        let backend = CPUBackend(kernels: try .fromEnvironment(), pool: pool, profile: profile)
        let model = try ModelFile(source, contextLength: length)
        let plan = try model.plan(
            backend, cacheType: cacheType, sequences: sequences, length: length, batchRows: rows, outputs: outputs,
            availableBytes: SystemMemory().availableBytes ?? .max,
            repacking: try ServerSettings.fromEnvironment().repacking)
        return try model.makeExecutable(backend, plan.limits)
    }
}
