import CKernels
import Compute
import Workers

/// What becomes of products.
enum ProductTarget {
    /// One value a matrix.
    case separate([Rows])
    /// kernel(product) of one matrix.
    case applied(ElementKernel, Rows)
    /// kernel(first, second) of two matrices.
    case gated(GateKernel, Rows)
}

/// Products of one input with several matrices, each row of the matrices read once for all columns.
struct LinearStep: CompiledStep, @unchecked Sendable {
    private let stage: ActivationStage
    private let products: [MatrixProduct]
    private let target: ProductTarget
    private let residual: Rows?
    private let operations: UnsafePointer<ck_operations>
    private let singleTasks: [RowTask]
    private let manyTasks: [RowTask]
    /// Where a gated pair of products lies in the scratch.
    private let pairOffset: Int
    let scratchBytes: Int

    init(_ step: Linear, lane: Int, _ compiler: StepCompiler) throws(ComputeError) {
        var products: [MatrixProduct] = []
        for projection in step.projections {
            products.append(try compiler.weights.product(projection.weight, bias: projection.bias))
        }
        stage = try ActivationStage(
            compiler.rows(step.input), compiler.normalization(step.normalization), &products, lane: lane, compiler)
        self.products = products
        target = try compiler.target(step.outputValues)
        residual = try compiler.rows(step.residual)
        operations = compiler.operations
        pairOffset = stage.scratchBytes
        switch target {
        case .separate, .applied:
            singleTasks = RowTask.cut(products, workers: compiler.workerCount, manyColumns: false)
            manyTasks = RowTask.cut(products, workers: compiler.workerCount, manyColumns: true)
            scratchBytes = stage.scratchBytes
        case .gated:
            // Both matrices have the same shape: a task is the same rows of both.
            singleTasks = RowTask.cutPair(products, workers: compiler.workerCount, manyColumns: false)
            manyTasks = RowTask.cutPair(products, workers: compiler.workerCount, manyColumns: true)
            let widest = max(
                RowTask.widest(singleTasks), compiler.rowLimit(stage.input.set) * RowTask.widest(manyTasks))
            scratchBytes = stage.scratchBytes + 2 * widest * MemoryLayout<Float>.stride
        }
    }

    func perform(_ context: StepContext) {
        let columns = context.batch.count(stage.input.set)
        guard columns > 0 else { return }
        let isPrivate = stage.prepareShared(context)
        var isPrepared = !isPrivate
        let tasks = columns == 1 ? singleTasks : manyTasks
        context.worker.share(tasks.count) { index in
            if !isPrepared {
                stage.preparePrivate(context)
                isPrepared = true
            }
            switch target {
            case .separate(let outputs):
                let output = outputs[tasks[index].product]
                perform(tasks[index], into: output, columns, context, isPrivate)
                addResidual(tasks[index].rows, to: output, columns)
            case .applied(let kernel, let output):
                let rows = tasks[index].rows
                perform(tasks[index], into: output, columns, context, isPrivate)
                for column in 0..<columns {
                    let values = output[column] + rows.lowerBound
                    kernel(rows.count, values, values)
                }
                addResidual(rows, to: output, columns)
            case .gated(let kernel, let output):
                performGated(tasks[index].rows, kernel, into: output, columns, context, isPrivate)
            }
        }
    }

    private func perform(
        _ task: RowTask, into output: Rows, _ columns: Int, _ context: StepContext, _ isPrivate: Bool
    ) {
        let product = products[task.product]
        let activations = stage.columns(for: product, context, isPrivate: isPrivate)
        let first = task.rows.lowerBound
        product.multiply(
            task.rows, columns: columns, activations.base, activationStride: activations.stride,
            out: output.base + first, outStride: output.width)
    }

    private func addResidual(_ rows: Range<Int>, to output: Rows, _ columns: Int) {
        guard let residual else { return }
        for column in 0..<columns {
            let values = output[column] + rows.lowerBound
            operations.pointee.add(rows.count, residual[column] + rows.lowerBound, values, values)
        }
    }

    private func performGated(
        _ rows: Range<Int>, _ kernel: GateKernel, into output: Rows, _ columns: Int, _ context: StepContext,
        _ isPrivate: Bool
    ) {
        let first = context.scratchFloats(at: pairOffset)
        let second = first + columns * rows.count
        for (product, out) in [(products[0], first), (products[1], second)] {
            let activations = stage.columns(for: product, context, isPrivate: isPrivate)
            product.multiply(
                rows, columns: columns, activations.base, activationStride: activations.stride, out: out,
                outStride: rows.count)
        }
        for column in 0..<columns {
            let offset = column * rows.count
            kernel(rows.count, first + offset, second + offset, output[column] + rows.lowerBound)
        }
    }
}
