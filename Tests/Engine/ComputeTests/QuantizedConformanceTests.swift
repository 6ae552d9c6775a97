import Architectures
import CPUBackend
import Compute
import GGUF
import ModelTestSupport
import TestSupport
import Testing
import Workers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Quantized models compute what f32 arithmetic on their weights computes", .computing)
struct QuantizedConformanceTests {
    private static let types: Set = [
        "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K",
    ]

    @Test("every copy of the golden Llama", .enabled(if: Vectors.conformance != nil))
    func llama() throws {
        let folder = try #require(Vectors.conformance).appending(path: "models/llama")
        let prompts = try Golden(in: folder).prompts
        var cases = 0
        for golden in try QuantizedGolden(in: folder.appending(path: "quant")).files
        where Self.types.contains(golden.ftype) {
            let source = try ModelContents(folder.appending(path: "quant/\(golden.file)"))
            let model = try ArchitectureRegistry.program(for: source)
            for (kernels, packs) in KernelTable.available.flatMap({ [($0, false), ($0, true)] }) {
                let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
                let copyBytes = try backend.footprint(of: model.program, .f16, blockTokens: 16).copyBytes
                guard !packs || copyBytes > 0 else { continue }
                var limits = ExecutionLimits.golden(model.program)
                limits.copiesWeights = packs
                for expected in golden.prompts {
                    let prompt = try #require(prompts.first { $0.id == expected.id })
                    var runner = SequenceRunner(try backend.compile(model.program, source, limits))
                    let last = try #require(try runner.logits(of: prompt.tokens).last)
                    let difference = last.largestDifference(from: expected.dequantised.lastLogits)
                    // llama.cpp quantizes activations to 8 bits too; what it loses by that is what we may lose.
                    let allowed = expected.llamacpp.lastLogits
                        .largestDifference(from: expected.dequantised.lastLogits)
                    #expect(
                        difference < 1.5 * allowed + Tolerance.halfCache,
                        "\(golden.ftype), \(expected.id), \(kernels.name)\(packs ? ", packed" : ""): \(difference), llama.cpp \(allowed)"
                    )
                    cases += last.count
                }
            }
        }
        #expect(cases > 0)
        print("conformance: \(cases) logits of quantized models")
    }
}
