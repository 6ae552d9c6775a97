import Architectures
import CPUBackend
import Compute
import GGUF
import ReferenceBackend
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How far logits of standard deviation 2.5 may lie from HF's in f32.
enum Tolerance {
    /// f32 weights and an f32 cache: the order of sums is all that differs.
    static let reference: Float = 2e-4
    /// Keys and values rounded to f16 move llama.cpp's own logits by up to this (see the conformance README).
    static let halfCache: Float = 2e-2
}

@Suite("Models compute what HF transformers computes")
struct ModelConformanceTests {
    @Test("the smallest model, by the reference backend")
    func smallestByReference() throws {
        let folder = Vectors.directory.appending(path: "models/llama-yarn")
        let golden = try Golden(in: folder)
        let prompt = try #require(golden.prompts.first)
        let cases = try check(folder, ReferenceBackend(), prompts: [prompt], greedy: 4, tolerance: Tolerance.reference)
        #expect(cases > 0)
    }

    @Test("the smallest model, by the CPU", arguments: KernelTable.available)
    func smallestByCPU(kernels: KernelTable) throws {
        let folder = Vectors.directory.appending(path: "models/llama-yarn")
        let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
        let cases = try check(
            folder, backend, prompts: Golden(in: folder).prompts, greedy: 32, tolerance: Tolerance.halfCache)
        #expect(cases > 0)
    }

    @Test("every family", .enabled(if: Vectors.conformance != nil))
    func families() throws {
        let models = try #require(Vectors.conformance).appending(path: "models")
        var cases = 0
        for name in ["llama", "llama-yarn", "mistral", "mixtral", "qwen2"] {
            let folder = models.appending(path: name)
            let prompts = try Golden(in: folder).prompts
            for kernels in KernelTable.available {
                let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
                cases += try check(folder, backend, prompts: prompts, greedy: 32, tolerance: Tolerance.halfCache)
            }
            cases += try check(
                folder, ReferenceBackend(), prompts: Array(prompts.prefix(1)), greedy: 0,
                tolerance: Tolerance.reference)
        }
        print("conformance: \(cases) model values")
    }

    /// Checks logits, likeliest tokens, the prompt's probability and the greedy continuation; returns how many values.
    private func check(
        _ folder: URL, _ backend: some Backend, prompts: [Golden.Prompt], greedy: Int, tolerance: Float
    ) throws -> Int {
        let file = try GGUFFile(folder.appending(path: "model.gguf"))
        let model = try ArchitectureRegistry.program(for: file)
        var cases = 0
        for prompt in prompts {
            let executable = try backend.compile(model.program, file, .golden)
            var runner = SequenceRunner(executable)
            let logits = try runner.logits(of: prompt.tokens)
            let last = try #require(logits.last)
            let place = "\(folder.lastPathComponent), \(prompt.id), \(backend.name)"
            let difference = last.largestDifference(from: prompt.hf.lastLogits)
            #expect(difference < tolerance, "\(place): last logits differ by \(difference)")

            for (row, expected) in prompt.hf.argmax.enumerated() where prompt.hf.argmaxMargin[row] > 2 * tolerance {
                #expect(logits[row].argmax == expected, "\(place): likeliest token of row \(row)")
                cases += 1
            }
            for (row, expected) in prompt.hf.nextTokenNll.enumerated() {
                let found = logits[row].negativeLogProbability(of: prompt.tokens[row + 1])
                #expect(abs(found - expected) < 2 * Double(tolerance), "\(place): probability of row \(row)")
                cases += 1
            }
            // Past a choice too close to call, the continuations may part.
            let certain = prompt.hf.greedyMargin.prefix(greedy).prefix { $0 > 2 * tolerance }.count
            let tokens = try runner.greedy(after: last, count: certain)
            #expect(tokens == Array(prompt.hf.greedy.prefix(certain)), "\(place): greedy continuation")
            cases += last.count + certain
        }
        return cases
    }
}

extension KernelTable {
    /// Every table that this CPU can run.
    static var available: [KernelTable] {
        ["generic", "avx2", "avx_vnni", "avx512", "avx512_bf16", "neon", "dotprod", "i8mm"].compactMap {
            KernelTable.named($0)
        }
    }
}

extension KernelTable: CustomTestStringConvertible {
    package var testDescription: String { name }
}
