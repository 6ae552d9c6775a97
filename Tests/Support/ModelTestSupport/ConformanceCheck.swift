import Architectures
package import Compute
import GGUF
import Tensors
import Testing

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// How far logits of standard deviation 2.5 may lie from HF's in f32.
package enum Tolerance {
    /// f32 weights and an f32 cache: the order of sums is all that differs.
    package static let exact: Float = 2e-4
    /// Keys and values rounded to f16 move llama.cpp's own logits by up to this (see the conformance README).
    package static let halfCache: Float = 2e-2
}

/// Compares what a backend computes with what HF transformers computed.
package struct ConformanceCheck {
    private let folder: URL
    private let backend: any Backend
    private let cacheType: CacheType
    private let tolerance: Float
    /// Tokens that are continued greedily.
    private let greedy: Int
    /// Prompts of text that are run, from the first on; those with images are run always.
    private let promptCount: Int

    package init(
        _ folder: URL, _ backend: any Backend, cacheType: CacheType = .f16, tolerance: Float, greedy: Int = 32,
        promptCount: Int = .max
    ) {
        self.folder = folder
        self.backend = backend
        self.cacheType = cacheType
        self.tolerance = tolerance
        self.greedy = greedy
        self.promptCount = promptCount
    }

    private var place: String { "\(folder.lastPathComponent), \(backend.name), \(cacheType)" }

    /// Checks logits, likeliest tokens, the prompts' probabilities and the greedy continuations of a language model.
    /// - Returns: how many values were compared.
    package func languageModel(contextLength: Int? = 256) throws -> Int {
        let source = try ModelContents(folder.appending(path: "model.gguf"))
        // Golden values are those of f32 arithmetic.
        let weights = try ExpandedWeights(source.tensors)
        let program = try ArchitectureRegistry.program(
            for: source.metadata, weights: weights, contextLength: contextLength
        ).program
        var cases = 0
        let prompts = try Golden(in: folder).prompts
        for prompt in prompts.filter({ $0.image == nil }).prefix(promptCount) + prompts.filter({ $0.image != nil }) {
            let executable = try backend.compile(program, weights, .golden(program, cacheType))
            var runner = SequenceRunner(executable)
            let logits = try runner.logits(
                of: prompt.tokens, embeddings: prompt.image.map { Batch.Embeddings(rows: $0.rows, values: $0.values) },
                sectionPositions: prompt.image?.positions)
            let last = try #require(logits.last)
            let difference = last.largestDifference(from: prompt.hf.lastLogits)
            #expect(difference < tolerance, "\(place), \(prompt.id): last logits differ by \(difference)")

            for (row, expected) in prompt.hf.argmax.enumerated() where prompt.hf.argmaxMargin[row] > 2 * tolerance {
                #expect(logits[row].argmax == expected, "\(place), \(prompt.id): likeliest token of row \(row)")
                cases += 1
            }
            for (row, expected) in prompt.hf.nextTokenNll.enumerated() {
                let found = logits[row].negativeLogProbability(of: prompt.tokens[row + 1])
                #expect(
                    abs(found - expected) < 2 * Double(tolerance), "\(place), \(prompt.id): probability of row \(row)")
                cases += 1
            }
            // Past a choice too close to call, the continuations may part.
            let certain = prompt.hf.greedyMargin.prefix(greedy).prefix { $0 > 2 * tolerance }.count
            let tokens = try runner.greedy(after: last, count: certain)
            #expect(
                tokens == Array(prompt.hf.greedy.prefix(certain)), "\(place), \(prompt.id): greedy continuation")
            cases += last.count + certain
        }
        return cases
    }

    /// Checks the rows that an encoder makes of texts, with every pooling.
    /// - Returns: how many values were compared.
    package func encoder() throws -> Int {
        let source = try ModelContents(folder.appending(path: "model.gguf"))
        let poolings: [(UInt32, KeyPath<EmbeddingGolden.Rows, [Float]>)] = [
            (1, \.mean), (2, \.cls), (3, \.lastToken),
        ]
        var cases = 0
        for (type, expected) in poolings {
            var metadata = source.metadata
            let architecture = try metadata.require("general.architecture", as: String.self)
            metadata["\(architecture).pooling_type"] = .uint32(type)
            let program = try ArchitectureRegistry.program(for: metadata, weights: source, contextLength: 256).program
            for prompt in try EmbeddingGolden(in: folder).prompts.prefix(promptCount) {
                var runner = SequenceRunner(try backend.compile(program, source, .golden(program, cacheType)))
                let row = try runner.embedding(of: prompt.tokens)
                let difference = row.largestDifference(from: prompt.hf[keyPath: expected])
                #expect(
                    difference < tolerance, "\(place), \(prompt.id), pooling \(type): rows differ by \(difference)")
                cases += row.count
            }
        }
        return cases
    }
}
