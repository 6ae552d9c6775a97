import CKernels
import Compute
import Workers

/// Products of each row with the matrices of its experts; columns of one expert lie together.
struct ExpertLinearStep: CompiledStep, @unchecked Sendable {
    private let input: Rows
    private let inputIsPerExpert: Bool
    private let routing: RoutingMemory
    /// Of one type.
    private let products: [MatrixProduct]
    private let target: ProductTarget
    private let tasks: [RowTask]
    /// A column for each pair, in sorted order.
    private let columns: UnsafeMutableRawPointer
    private let columnStride: Int
    let scratchBytes: Int

    init(_ step: ExpertLinear, lane: Int, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        inputIsPerExpert = step.inputIsPerExpert
        routing = try compiler.memory(of: step.routing)
        var products: [MatrixProduct] = []
        for experts in step.experts { products.append(try compiler.weights.product(experts)) }
        self.products = products
        target = try compiler.target(step.outputValues)
        columnStride = products[0].activation.pointee.bytes(products[0].inputWidth)
        let pairStride = try columnStride.times(routing.rule.usedCount, for: "activations of experts")
        columns = try compiler.activationMemory(lane: lane, kind: 0, rows: input.set, stride: pairStride)
        switch target {
        case .separate, .applied:
            tasks = RowTask.cut(products, workers: compiler.workerCount, manyColumns: true)
            scratchBytes = 0
        case .gated:
            tasks = RowTask.cutPair(products, workers: compiler.workerCount, manyColumns: true)
            scratchBytes =
                2 * compiler.rowLimit(input.set) * RowTask.widest(tasks) * MemoryLayout<Float>.stride
        }
    }

    func perform(_ context: StepContext) {
        let rows = context.batch.count(input.set)
        guard rows > 0 else { return }
        context.worker.shareRows(rows, step: 2) { range in
            for row in range { quantize(row) }
        }
        context.worker.waitForShares()
        context.worker.share(routing.chosenCount * tasks.count) { index in
            let expert = routing.chosenExpert(index / tasks.count)
            perform(tasks[index % tasks.count], expert, routing.places(of: expert), context)
        }
    }

    private func quantize(_ row: Int) {
        let used = routing.rule.usedCount
        let quantize = products[0].activation.pointee.quantize
        let width = products[0].inputWidth
        if inputIsPerExpert {
            for place in row * used..<(row + 1) * used {
                quantize?(width, input.base + place * width, columns + place * columnStride)
            }
            return
        }
        let first = columns + Int(routing.places[row * used]) * columnStride
        quantize?(width, input[row], first)
        for choice in stride(from: 1, to: used, by: 1) {
            (columns + Int(routing.places[row * used + choice]) * columnStride)
                .copyMemory(from: first, byteCount: columnStride)
        }
    }

    private func perform(_ task: RowTask, _ expert: Int, _ places: Range<Int>, _ context: StepContext) {
        let activations = UnsafeRawPointer(columns + places.lowerBound * columnStride)
        let rows = task.rows
        func multiply(_ product: MatrixProduct, out: UnsafeMutablePointer<Float>, outStride: Int) {
            product.multiply(
                rows, matrix: expert, columns: places.count, activations, activationStride: columnStride, out: out,
                outStride: outStride)
        }
        switch target {
        case .separate(let outputs):
            let product = products[task.product]
            let width = product.outputWidth
            let out = outputs[task.product].base + places.lowerBound * width + rows.lowerBound
            multiply(product, out: out, outStride: width)
        case .applied(let kernel, let output):
            let width = products[0].outputWidth
            multiply(products[0], out: output.base + places.lowerBound * width + rows.lowerBound, outStride: width)
            for place in places {
                let values = output.base + place * width + rows.lowerBound
                kernel(rows.count, values, values)
            }
        case .gated(let kernel, let output):
            let width = products[0].outputWidth
            let first = context.scratchFloats()
            let second = first + places.count * rows.count
            multiply(products[0], out: first, outStride: rows.count)
            multiply(products[1], out: second, outStride: rows.count)
            for (column, place) in places.enumerated() {
                let offset = column * rows.count
                kernel(
                    rows.count, first + offset, second + offset, output.base + place * width + rows.lowerBound)
            }
        }
    }
}

/// Sums the experts' results of each row by their shares.
struct SumExpertsStep: CompiledStep {
    private let input: Rows
    private let routing: RoutingMemory
    private let residual: Rows?
    private let output: Rows

    init(_ step: SumExperts, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        routing = try compiler.memory(of: step.routing)
        residual = try compiler.rows(step.residual)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        let used = routing.rule.usedCount
        context.worker.share(context.batch.count(output.set)) { row in
            let sum = output[row]
            if let residual {
                sum.update(from: residual[row], count: output.width)
            } else {
                sum.update(repeating: 0, count: output.width)
            }
            for pair in row * used..<(row + 1) * used {
                let part = input.base + Int(routing.places[pair]) * output.width
                let share = routing.shares[pair]
                for index in 0..<output.width { sum[index] += share * part[index] }
            }
        }
    }
}
