import Architectures
import CPUBackend
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import TestSupport
import Testing
import Workers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Models compute what HF transformers computes", .computing)
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

    @Test("each model that is kept with the tests", arguments: GoldenSet.kept.languageModels)
    func kept(name: String) throws {
        #expect(try check(name, GoldenSet.kept, .best, prompts: 1) { try $0.languageModel() } > 0)
    }

    @Test("each encoder that is kept with the tests", arguments: GoldenSet.kept.encoders)
    func keptEncoder(name: String) throws {
        #expect(try check(name, GoldenSet.kept, .best, prompts: 1) { try $0.encoder() } > 0)
    }

    @Test("every model of the conformance set, by every table", .enabled(if: GoldenSet.conformance != nil))
    func conformance() throws {
        let set = try #require(GoldenSet.conformance)
        var cases = 0
        for kernels in KernelTable.available {
            for name in set.languageModels { cases += try check(name, set, kernels) { try $0.languageModel() } }
            for name in set.encoders { cases += try check(name, set, kernels) { try $0.encoder() } }
        }
        #expect(cases > 0)
        print("conformance: \(cases) model values by the CPU, \(KernelTable.available.count) tables")
    }

    /// With caches of f16 and of f32.
    private func check(
        _ name: String, _ set: GoldenSet, _ kernels: KernelTable, prompts: Int = .max,
        _ run: (ConformanceCheck) throws -> Int
    ) throws -> Int {
        let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
        var cases = 0
        for (type, tolerance) in [(CacheType.f16, Tolerance.halfCache), (.f32, Tolerance.exact)] {
            cases += try run(
                ConformanceCheck(
                    set.folder.appending(path: name), backend, cacheType: type, tolerance: tolerance,
                    promptCount: prompts))
        }
        return cases
    }
}

extension KernelTable: CustomTestStringConvertible {
    package var testDescription: String { name }
}
