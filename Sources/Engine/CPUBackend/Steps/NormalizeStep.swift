import CKernels

/// A normalization with its weights in f32.
struct NormalizationKernel: @unchecked Sendable {
    let operations: ck_operations
    let weight: UnsafePointer<Float>
    let epsilon: Float

    func callAsFunction(_ count: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        operations.rms_norm(count, input, weight, epsilon, output)
    }
}

struct NormalizeStep: CompiledStep {
    let normalize: NormalizationKernel
    let input: Rows
    let output: Rows

    var scratchBytes: Int { 0 }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(input.set), step: 4) { rows in
            for row in rows { normalize(input.width, input[row], output[row]) }
        }
    }
}
