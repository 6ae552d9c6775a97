import Architectures
import CPUBackend
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Models compute what HF transformers computes")
struct ModelConformanceTests {
    private static let smallest = Vectors.directory.appending(path: "models/llama-yarn")

    @Test("the smallest model, by the reference backend")
    func smallestByReference() throws {
        let check = ConformanceCheck(
            Self.smallest, ReferenceBackend(), tolerance: Tolerance.exact, greedy: 4, promptCount: 1)
        #expect(try check.languageModel() > 0)
    }

    @Test("the smallest model, by the CPU", arguments: KernelTable.available)
    func smallestByCPU(kernels: KernelTable) throws {
        let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
        #expect(try ConformanceCheck(Self.smallest, backend, tolerance: Tolerance.halfCache).languageModel() > 0)
    }

    @Test("every family, with caches of f16 and of f32", .enabled(if: Vectors.conformance != nil))
    func families() throws {
        let models = try #require(Vectors.conformance).appending(path: "models")
        var cases = 0
        for name in ["llama", "llama-yarn", "mistral", "mixtral", "qwen2"] {
            for kernels in KernelTable.available {
                let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
                for (type, tolerance) in [(CacheType.f16, Tolerance.halfCache), (.f32, Tolerance.exact)] {
                    cases += try ConformanceCheck(
                        models.appending(path: name), backend, cacheType: type, tolerance: tolerance
                    ).languageModel()
                }
            }
        }
        #expect(cases > 0)
        print("conformance: \(cases) model values")
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
