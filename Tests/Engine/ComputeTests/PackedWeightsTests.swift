import CPUBackend
import Compute
import Locking
import ModelTestSupport
import Tensors
import TestSupport
import Testing
import Workers

@Suite("Packed weights compute what the weights in the file compute", .computing)
struct PackedWeightsTests {
    private static let limits = ExecutionLimits(
        maximumRows: 48, maximumOutputs: 48, blockCount: 12, blockTokens: 8, contextLength: 96)

    /// Shapes whose matrices end inside of a band, with all that products are used for.
    private static func models(_ type: QuantizationType) -> [RandomModel] {
        let width = max(64, type.blockSize)
        return [
            RandomModel(
                layers: 1, heads: 32, kvHeads: 1, headWidth: 24, width: width, hiddenWidth: 2 * width, vocabulary: 41,
                hasBiases: true, matrixType: type),
            RandomModel(
                layers: 1, heads: 4, kvHeads: 2, headWidth: 64, width: width, hiddenWidth: width, vocabulary: 130,
                isTied: true, matrixType: type),
            RandomModel(
                layers: 1, heads: 4, kvHeads: 1, headWidth: 64, width: width, hiddenWidth: 44, experts: 5,
                matrixType: type, downType: .f32),
        ]
    }

    private static let cases = KernelTable.available.flatMap { kernels in
        QuantizationType.all.filter(kernels.packs).map { (kernels, $0) }
    }

    @Test("the same bits for every type that is packed, in prompts and in generation", arguments: cases)
    func models(kernels: KernelTable, type: QuantizationType) throws {
        for model in Self.models(type) {
            let weights = try model.weights(seed: 9)
            let program = try model.program(weights)
            let tokens = (0..<40).map { TokenID($0 * 7 % model.vocabulary) }
            func logits(packs: Bool, workers: Int, chunk: Int) throws -> [[UInt32]] {
                let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: workers))
                var limits = Self.limits
                limits.copiesWeights = packs
                let executable = try backend.compile(program, weights, limits)
                #expect((executable.copyBytes > 0) == packs)
                #expect(
                    try !packs
                        || backend.footprint(of: program, .f16, blockTokens: 32).copyBytes >= executable.copyBytes)
                var runner = SequenceRunner(executable)
                return try runner.logits(of: tokens, chunk: chunk).map { $0.map(\.bitPattern) }
            }
            let plain = try logits(packs: false, workers: 1, chunk: 40)
            #expect(plain.joined().allSatisfy { Float(bitPattern: $0).isFinite })
            for (workers, chunk) in [(1, 40), (2, 40), (2, 3), (2, 1)] {
                let packed = try logits(packs: true, workers: workers, chunk: chunk)
                #expect(packed == plain, "\(model.testDescription), \(workers) workers, \(chunk) rows")
            }
        }
    }

    @Test("AVX-512 packs some types", .enabled(if: KernelTable.named("avx512") != nil))
    func some() {
        #expect(Self.cases.contains { $0.0.name == "avx512" })
    }

    @Test("pages of what was copied are given back, and no others", arguments: cases)
    func release(kernels: KernelTable, type: QuantizationType) throws {
        let model = Self.models(type)[2]
        let weights = try WatchedStore(model.weights(seed: 9))
        let program = try model.program(weights.tensors)
        let backend = CPUBackend(kernels: kernels, pool: WorkerPool(workerCount: 2))
        let executable = try backend.compile(program, weights, Self.limits)
        #expect(executable.copyBytes > 0)
        for (name, owner) in weights.owners {
            // The embedding matrix is only gathered from, vectors are not multiplied by.
            let tensor = weights.tensors.tensors[name]
            let isMatrix = (tensor?.shape.dimensions.count ?? 0) > 1 && name != "token_embd.weight"
            #expect(owner.isReleased == (isMatrix && tensor.map { kernels.packs($0.type) } == true), "\(name)")
        }
    }
}

/// Weights whose owners say whether their pages were given back.
private struct WatchedStore: WeightSource {
    final class Owner: PagedMemory {
        private let bytes: Range<UInt>
        private let memory: any AnyObject & Sendable
        private let released = Locked(RangeSet<UInt>())

        init(_ tensor: TensorView) {
            bytes = Self.range(tensor.bytes)
            memory = tensor.owner
        }

        /// Every byte was.
        var isReleased: Bool { released.withLock { Array($0.ranges) == [bytes] } }

        var isIntact: Bool { true }

        func willRead(_ bytes: UnsafeRawBufferPointer) { check(bytes) }

        func release(_ bytes: UnsafeRawBufferPointer) {
            check(bytes)
            released.withLock { $0.insert(contentsOf: Self.range(bytes)) }
        }

        private func check(_ bytes: UnsafeRawBufferPointer) {
            #expect(self.bytes.contains(Self.range(bytes)), "outside of the tensor")
        }

        private static func range(_ bytes: UnsafeRawBufferPointer) -> Range<UInt> {
            let start = UInt(bitPattern: bytes.baseAddress)
            return start..<start + UInt(bytes.count)
        }
    }

    let tensors: TensorStore
    let owners: [String: Owner]
    private let views: [String: TensorView]

    init(_ tensors: TensorStore) {
        self.tensors = tensors
        let owners = tensors.tensors.mapValues(Owner.init)
        self.owners = owners
        views = tensors.tensors.compactMapValues { tensor in
            owners[tensor.name].map {
                TensorView(
                    name: tensor.name, type: tensor.type, shape: tensor.shape, bytes: tensor.bytes, owner: $0)
            }
        }
    }

    func tensor(named name: String) -> TensorView? { views[name] }
}

extension KernelTable {
    /// Whether matrices of `type` are packed.
    fileprivate func packs(_ type: QuantizationType) -> Bool {
        let model = RandomModel(width: max(64, type.blockSize), hiddenWidth: max(64, type.blockSize), matrixType: type)
        guard let weights = try? model.weights(seed: 1), let program = try? model.program(weights) else { return false }
        let backend = CPUBackend(kernels: self, pool: WorkerPool(workerCount: 1))
        return ((try? backend.footprint(of: program, .f16, blockTokens: 32).copyBytes) ?? 0) > 0
    }
}
