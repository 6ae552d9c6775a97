import CKernels
import Compute
import Workers

/// The rows of a linear step's input, normalized and quantized as its matrices want them: the step's first half.
struct ActivationStage: @unchecked Sendable {
    /// One form of the rows.
    private struct Kind {
        let activation: UnsafePointer<ck_activation>
        /// Bytes from row to row.
        let stride: Int
        /// Where all workers find the rows.
        let shared: UnsafeMutableRawPointer
        /// Where a worker keeps its own copy, bytes into its scratch; nil where the input itself is read.
        let privateOffset: Int?
    }

    let input: Rows
    private let normalize: NormalizationKernel?
    private let kinds: [Kind]
    let scratchBytes: Int

    /// With so few rows each worker prepares them all for itself: that takes less time than waiting for others.
    private static let privateRows = 2

    init(
        _ input: Rows, _ normalize: NormalizationKernel?, _ products: inout [MatrixProduct], lane: Int,
        _ compiler: StepCompiler
    ) throws(ComputeError) {
        self.input = input
        self.normalize = normalize
        // The normalized row comes first in the scratch, the private copies behind it.
        var scratchBytes = normalize == nil ? 0 : (input.width * MemoryLayout<Float>.stride).roundedUpToCacheLine
        var kinds: [Kind] = []
        for index in products.indices {
            let activation = products[index].activation
            if let known = kinds.firstIndex(where: { $0.activation == activation }) {
                products[index].kind = known
                continue
            }
            products[index].kind = kinds.count
            if normalize == nil, activation.isPlain {
                let stride = input.width * MemoryLayout<Float>.stride
                kinds.append(
                    Kind(activation: activation, stride: stride, shared: .init(input.base), privateOffset: nil))
                continue
            }
            let stride = activation.pointee.bytes(input.width)
            let shared = try compiler.activationMemory(lane: lane, kind: kinds.count, rows: input.set, stride: stride)
            kinds.append(
                Kind(activation: activation, stride: stride, shared: shared, privateOffset: scratchBytes))
            scratchBytes += Self.privateRows * stride.roundedUpToCacheLine
        }
        self.kinds = kinds
        self.scratchBytes = scratchBytes
    }

    /// Prepares the rows for all workers, and waits. Returns whether each worker is to prepare them for itself instead.
    func prepareShared(_ context: StepContext) -> Bool {
        guard kinds.contains(where: { $0.privateOffset != nil }) else { return false }
        let rowCount = context.batch.count(input.set)
        if rowCount <= Self.privateRows { return true }
        context.worker.shareRows(rowCount, step: 4) { rows in
            for row in rows { prepare(row, context, isPrivate: false) }
        }
        context.worker.waitForShares()
        return false
    }

    /// Prepares the rows in the worker's scratch. It holds a task of the step, so that the input is still there.
    func preparePrivate(_ context: StepContext) {
        for row in 0..<context.batch.count(input.set) { prepare(row, context, isPrivate: true) }
    }

    /// The rows in the form that `product` wants, and the bytes from one to the next.
    func columns(
        for product: MatrixProduct, _ context: StepContext, isPrivate: Bool
    ) -> (base: UnsafeRawPointer, stride: Int) {
        let kind = kinds[product.kind]
        return (UnsafeRawPointer(base(kind, context, isPrivate)), kind.stride)
    }

    private func base(_ kind: Kind, _ context: StepContext, _ isPrivate: Bool) -> UnsafeMutableRawPointer {
        guard isPrivate, let offset = kind.privateOffset else { return kind.shared }
        return context.scratch + offset
    }

    private func prepare(_ row: Int, _ context: StepContext, isPrivate: Bool) {
        var source = UnsafePointer(input[row])
        if let normalize {
            normalize(input.width, source, context.scratchFloats())
            source = UnsafePointer(context.scratchFloats())
        }
        for kind in kinds where kind.privateOffset != nil {
            kind.activation.pointee.quantize(
                input.width, source, base(kind, context, isPrivate) + row * kind.stride)
        }
    }
}

extension UnsafePointer<ck_activation> {
    /// Columns are the floats themselves.
    var isPlain: Bool { String(cString: pointee.name) == "float32" }
}
