import Compute
import Generation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Inference
import JSON
import Locking
import Logging
import ModelLibrary
import NIOCore
import ScriptedBackend
import Server
import Tensors
import TestSupport
import Testing
import Tokenization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// From the route down to the blocks of an engine.
@Suite("Deadlines of generations", .timeLimit(.minutes(10)))
struct DeadlineTests {
    /// A token for each ASCII character.
    private struct ByteTokenizer: Tokenizer {
        let vocabulary: Vocabulary

        init() throws {
            vocabulary = try Vocabulary(
                tokens: (0..<128).map { String(UnicodeScalar(UInt8($0))) },
                kinds: [TokenKind](repeating: .normal, count: 128), endOfGeneration: [])
        }

        func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] {
            bytes.map { TokenID($0 & 127) }
        }
    }

    /// Loads a model that says `a` for ever, a token a millisecond.
    private final class EndlessLoader: ModelLoading {
        let engine = Locked<Engine?>(nil)

        func load(
            _ model: StoredModel, _ options: LoadOptions, reservedBytes: Int
        ) throws(GenerationError) -> RunningModel {
            do {
                let executable = ScriptedExecutable(
                    limits: ExecutionLimits(
                        maximumRows: 64, maximumOutputs: 4, blockCount: 4096, blockTokens: 8, contextLength: 4096),
                    vocabularySize: 128, beforeBatch: { _ in usleep(1_000) },
                    logits: ScriptedExecutable.certain(of: 128) { _ in TokenID(UInt8(ascii: "a")) })
                let engine = try Engine(executable, EngineSettings(parallelSequences: 4))
                self.engine.withLock { $0 = engine }
                return RunningModel(
                    engine: .generation(engine), tokenizer: try ByteTokenizer(), contextLength: 4096,
                    trainedContext: 4096, memoryBytes: 1000
                ) { _ in throw GenerationError.templateUnusable("none") }
            } catch {
                throw .engineFailed("\(error)")
            }
        }
    }

    @Test("a deadline ends the engine's sequence, and its blocks are free", arguments: [true, false])
    func blocks(streams: Bool) async throws {
        let server = try TestServer()
        try await server.addModel("m")
        let loader = EndlessLoader()
        let service = LocalGenerationService(store: server.store, loader: loader)
        var services = server.services
        services.generation = service
        let application = ServerApplication.make(
            services, ServerSettings(modelsDirectory: server.store.directory),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let field = try #require(HTTPField.Name("X-Request-Timeout"))
        let reply = try await application.test(.router) { client in
            try await client.execute(
                uri: "/api/generate", method: .post, headers: [field: "1"],
                body: ByteBuffer(string: #"{"model": "m", "prompt": "p", "raw": true, "stream": \#(streams)}"#)
            ) { Reply($0) }
        }
        // A stream may have begun.
        #expect(reply.status == 504 || streams && reply.status == 200)
        #expect(reply.lines.last?["error"]?.stringValue?.contains("X-Request-Timeout") == true)
        let engine = try #require(loader.engine.withLock { $0 })
        // The engine frees blocks before its next step.
        #expect(
            try await eventually { engine.statistics.usedBlocks == 0 && engine.statistics.runningSequences == 0 })
        await service.shutDown()
    }
}
