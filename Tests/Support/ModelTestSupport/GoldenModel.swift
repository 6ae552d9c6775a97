package import Architectures
package import Compute
import GGUF
package import Tensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What another program computed with a small model; see the README of `Tests/Vectors/models`.
package struct Golden: Decodable {
    package struct Outputs: Decodable {
        package let lastLogits: [Float]
        package let argmax: [Int]
        package let argmaxMargin: [Float]
        package let nextTokenNll: [Double]
        package let greedy: [TokenID]
        package let greedyMargin: [Float]
    }
    /// Rows of images in a prompt.
    package struct Image: Decodable {
        /// Rows that take the place of tokens' embeddings, and these one after another.
        package let rows: [Int]
        package let values: [Float]
        /// Of all rows of the prompt, by section.
        package let positions: [[Int32]]
    }
    package struct Prompt: Decodable {
        package let id: String
        package let tokens: [TokenID]
        package let image: Image?
        /// By HF transformers, in f32, without a cache.
        package let hf: Outputs
    }
    package let prompts: [Prompt]

    package init(in folder: URL) throws {
        self = try JSONDecoder.golden.decode(Golden.self, from: Data(contentsOf: folder.appending(path: "golden.json")))
    }
}

/// What quantized copies of a model compute; `dequantised` is f32 arithmetic with their weights.
package struct QuantizedGolden: Decodable {
    package struct LastLogits: Decodable { package let lastLogits: [Float] }
    package struct Prompt: Decodable {
        package let id: String
        package let llamacpp: LastLogits
        package let dequantised: LastLogits
    }
    package struct File: Decodable {
        package let file: String
        package let ftype: String
        package let prompts: [Prompt]
    }
    package let files: [File]

    package init(in folder: URL) throws {
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

extension ModelContents {
    package init(_ url: URL) throws {
        self = try ModelContents(GGUFFile(bytes: [UInt8](Data(contentsOf: url))))
    }
}

/// What another program computed with a small encoder.
package struct EmbeddingGolden: Decodable {
    package struct Rows: Decodable {
        package let mean: [Float]
        package let cls: [Float]
        package let lastToken: [Float]
    }
    package struct Prompt: Decodable {
        package let id: String
        package let tokens: [TokenID]
        /// By HF transformers, in f32, not normalized.
        package let hf: Rows
    }
    package let prompts: [Prompt]

    package init(in folder: URL) throws {
        self = try JSONDecoder.golden.decode(
            EmbeddingGolden.self, from: Data(contentsOf: folder.appending(path: "golden.json")))
    }
}

extension ExecutionLimits {
    /// Room for one golden prompt and its continuation.
    package static func golden(_ program: Program, _ cacheType: CacheType = .f16) -> ExecutionLimits {
        ExecutionLimits(
            maximumRows: 192, maximumOutputs: 192, blockCounts: program.cacheGroups.map { _ in 16 }, blockTokens: 16,
            contextLength: 256, cacheType: cacheType)
    }
}
