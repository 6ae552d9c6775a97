import Architectures
import Compute
import GGUF
import Tensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What another program computed with a small model; see the README of `Tests/Vectors/models`.
struct Golden: Decodable {
    struct Outputs: Decodable {
        let lastLogits: [Float]
        let argmax: [Int]
        let argmaxMargin: [Float]
        let nextTokenNll: [Double]
        let greedy: [TokenID]
        let greedyMargin: [Float]
    }
    struct Prompt: Decodable {
        let id: String
        let tokens: [TokenID]
        /// By HF transformers, in f32, without a cache.
        let hf: Outputs
    }
    let prompts: [Prompt]

    init(in folder: URL) throws {
        self = try JSONDecoder.golden.decode(Golden.self, from: Data(contentsOf: folder.appending(path: "golden.json")))
    }
}

/// What quantized copies of a model compute; `dequantised` is f32 arithmetic with their weights.
struct QuantizedGolden: Decodable {
    struct LastLogits: Decodable { let lastLogits: [Float] }
    struct Prompt: Decodable {
        let id: String
        let llamacpp: LastLogits
        let dequantised: LastLogits
    }
    struct File: Decodable {
        let file: String
        let ftype: String
        let prompts: [Prompt]
    }
    let files: [File]

    init(in folder: URL) throws {
        let data = try Data(contentsOf: folder.appending(path: "quant.json"))
        self = try JSONDecoder.golden.decode(QuantizedGolden.self, from: data)
    }
}

extension JSONDecoder {
    fileprivate static var golden: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

extension GGUFFile {
    init(_ url: URL) throws {
        self = try GGUFFile(bytes: [UInt8](Data(contentsOf: url)))
    }
}

extension ExecutionLimits {
    /// Room for one golden prompt and its continuation.
    static let golden = ExecutionLimits(
        maximumRows: 192, maximumOutputs: 192, blockCount: 16, blockTokens: 16, contextLength: 256)
}
