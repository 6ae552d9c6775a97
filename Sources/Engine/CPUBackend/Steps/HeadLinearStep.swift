import CKernels
import Compute
import Workers

/// Products of each head's part of the rows with the head's own matrix.
struct HeadLinearStep: CompiledStep, @unchecked Sendable {
    private let input: Rows
    private let output: Rows
    private let heads: Int
    private let product: MatrixProduct
    private let tasks: [RowTask]
    /// For each head, a column for each row.
    private let columns: UnsafeMutableRawPointer
    private let columnStride: Int
    private let rowLimit: Int

    init(_ step: HeadLinear, lane: Int, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        output = try compiler.rows(step.output)
        heads = step.heads
        product = try compiler.weights.product(step.weight)
        tasks = RowTask.cut([product], workers: 1, manyColumns: true)
        columnStride = product.activation.pointee.bytes(product.inputWidth)
        rowLimit = compiler.rowLimit(input.set)
        columns = try compiler.activationMemory(
            lane: lane, kind: 0, rows: input.set, stride: columnStride.times(heads, for: "activations of heads"))
    }

    func perform(_ context: StepContext) {
        let rows = context.batch.count(input.set)
        guard rows > 0 else { return }
        context.worker.shareRows(rows, step: 2) { range in
            for row in range {
                for head in 0..<heads {
                    product.activation.pointee.quantize(
                        product.inputWidth, input[row] + head * product.inputWidth, column(head: head, row: row))
                }
            }
        }
        context.worker.waitForShares()
        context.worker.share(heads * tasks.count) { index in
            let head = index / tasks.count
            let task = tasks[index % tasks.count]
            product.multiply(
                task.rows, matrix: head, columns: rows, column(head: head, row: 0), activationStride: columnStride,
                out: output.base + head * product.outputWidth + task.rows.lowerBound, outStride: output.width)
        }
    }

    private func column(head: Int, row: Int) -> UnsafeMutableRawPointer {
        columns + (head * rowLimit + row) * columnStride
    }
}
