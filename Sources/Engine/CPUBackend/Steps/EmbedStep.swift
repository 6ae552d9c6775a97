import CKernels

/// Gathers the rows of the embedding matrix that the tokens name.
struct EmbedStep: CompiledStep, @unchecked Sendable {
    let format: UnsafePointer<ck_format>
    let table: UnsafeRawPointer
    /// Bytes from row to row of the table.
    let stride: Int
    let output: Rows

    var scratchBytes: Int { 0 }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.rowCount, step: 4) { rows in
            for row in rows {
                let token = Int(context.batch.tokens[row])
                format.pointee.dequantize(output.width, table + token * stride, output[row])
            }
        }
    }
}
