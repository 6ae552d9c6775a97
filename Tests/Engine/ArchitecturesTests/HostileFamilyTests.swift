import Architectures
import Compute
import GGUF
import ModelTestSupport
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Every family checks what its file says")
struct HostileFamilyTests {
    /// Keys that are read by no family, or not by one: they change nothing of the forward pass.
    private static let ignored: Set = [
        "vocab_size", "phi3.attention.sliding_window", "phimoe.attention.sliding_window", "gpt-oss.feed_forward_length",
        "deepseek2.attention.head_count_kv", "mamba2.feed_forward_length", "mamba2.attention.head_count",
    ]

    /// A small model of each supported family, and of each of its kinds.
    private static func models() throws -> [ModelSource] {
        let folders = [Vectors.directory, Vectors.conformance].compactMap { $0?.appending(path: "models") }
        let models = try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .map { folder.appending(path: "\($0)/model.gguf") }
                .filter { FileManager.default.fileExists(atPath: $0.path) }
                .map { try ModelSource($0) }
        }
        return models.filter { $0.metadata.architecture.map(ArchitectureRegistry.names.contains) == true }
    }

    private static func program(
        _ metadata: GGUFMetadata, _ weights: any WeightSource
    ) throws(ComputeError) -> Program {
        try ArchitectureRegistry.program(for: metadata, weights: weights, contextLength: 256).program
    }

    @Test("a hyperparameter that cannot be is an error in one line, with its key where it is of the wrong kind")
    func hyperparameters() throws {
        let hostile: [GGUFValue] = [
            .uint32(0), .int32(-1), .uint32(.max), .uint64(.max), .float32(.nan), .float32(.infinity), .float32(-1),
            .float32(1e30), .float32(1e-30), .bool(true),
        ]
        for model in try Self.models() {
            let architecture = try #require(model.metadata.architecture)
            for key in model.metadata.keys where key.hasPrefix("\(architecture).") {
                var metadata = model.metadata
                for value in hostile {
                    metadata[key] = value
                    do throws(ComputeError) {
                        _ = try Self.program(metadata, model)
                    } catch {
                        #expect(!error.description.contains("\n"), "\(key) = \(value)")
                    }
                }
                let name = key.dropFirst(architecture.count + 1)
                guard !Self.ignored.contains(key), !Self.ignored.contains(String(name)) else { continue }
                metadata[key] = .array(GGUFArray(["none"]))
                let error = #expect(throws: ComputeError.self, "\(key)") { try Self.program(metadata, model) }
                #expect(error?.description.contains(key) == true, "\(key)")
            }
        }
    }

    @Test("a tensor that is missing or misshapen is named, unless it is optional")
    func tensors() throws {
        let shape = try #require(TensorShape([3, 5, 7]))
        for model in try Self.models() {
            for tensor in model.tensors {
                do throws(ComputeError) {
                    _ = try Self.program(model.metadata, AlteredWeights(model, tensor.name, nil))
                } catch {
                    #expect(error.description.contains("tensor"), "\(tensor.name)")
                }
                let misshapen = TensorView(
                    name: tensor.name, type: tensor.type, shape: shape, bytes: tensor.bytes, owner: tensor.owner)
                let error = #expect(throws: ComputeError.self, "\(tensor.name)") {
                    try Self.program(model.metadata, AlteredWeights(model, tensor.name, misshapen))
                }
                #expect(error?.description.contains(tensor.name) == true, "\(tensor.name)")
            }
        }
    }
}

/// The weights of a model, but one.
private struct AlteredWeights: WeightSource {
    let model: ModelSource
    let name: String
    let replacement: TensorView?

    init(_ model: ModelSource, _ name: String, _ replacement: TensorView?) {
        self.model = model
        self.name = name
        self.replacement = replacement
    }

    func tensor(named name: String) -> TensorView? { name == self.name ? replacement : model.tensor(named: name) }
}
