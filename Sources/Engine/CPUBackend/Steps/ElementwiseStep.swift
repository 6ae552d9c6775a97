import CKernels

/// A kernel over two rows of n floats.
typealias PairKernel =
    @convention(c) (Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void

/// Combines two values element by element: sums and gates.
struct ElementwiseStep: CompiledStep {
    let kernel: PairKernel
    let first: Rows
    let second: Rows
    let output: Rows

    var scratchBytes: Int { 0 }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(output.set), step: 4) { rows in
            for row in rows { kernel(output.width, first[row], second[row], output[row]) }
        }
    }
}
