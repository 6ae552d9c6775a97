import CKernels
import Compute
import Tensors
import Workers

// Steps that do something to each row by itself.

struct EmbedStep: CompiledStep, @unchecked Sendable {
    private let index: Embed.Index
    private let format: UnsafePointer<ck_format>
    private let table: UnsafeRawPointer
    /// Bytes from entry to entry of the table.
    private let stride: Int
    private let scale: Float
    private let operations: UnsafePointer<ck_operations>
    private let output: Rows

    init(_ step: Embed, _ compiler: StepCompiler) throws(ComputeError) {
        if case .position(let offset) = step.index,
            step.table.shape.rowCount - offset < compiler.limits.contextLength
        {
            throw .unsupported(
                "the model has \(step.table.shape.rowCount - offset) positions, and a context of "
                    + "\(compiler.limits.contextLength) is asked for")
        }
        index = step.index
        (format, table, stride) = try compiler.weights.table(step.table)
        scale = step.scale
        operations = compiler.operations
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        let batch = context.batch
        context.worker.shareRows(batch.rowCount, step: 4) { rows in
            for row in rows {
                switch index {
                case .token:
                    if let values = batch.embeddings.values, batch.embeddings.indices[row] >= 0 {
                        let given = values + Int(batch.embeddings.indices[row]) * output.width
                        output[row].update(from: given, count: output.width)
                    } else {
                        copy(Int(batch.tokens[row]), to: row)
                    }
                case .position(let offset): copy(Int(batch.positions[row]) + offset, to: row)
                case .entry(let entry): copy(entry, to: row)
                }
            }
        }
    }

    private func copy(_ entry: Int, to row: Int) {
        format.pointee.dequantize(output.width, table + entry * stride, output[row])
        if scale != 1 { operations.pointee.scale(output.width, output[row], scale, output[row]) }
    }
}

struct NormalizeStep: CompiledStep, @unchecked Sendable {
    private let normalize: NormalizationKernel?
    private let operations: UnsafePointer<ck_operations>
    private let input: Rows
    private let residual: Rows?
    private let output: Rows

    init(_ step: Normalize, _ compiler: StepCompiler) throws(ComputeError) {
        normalize = try compiler.normalization(step.normalization)
        operations = compiler.operations
        input = try compiler.rows(step.input)
        residual = try compiler.rows(step.residual)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(input.set), step: 4) { rows in
            for row in rows {
                normalize?(input.width, input[row], output[row])
                if let residual { operations.pointee.add(output.width, residual[row], output[row], output[row]) }
            }
        }
    }
}

struct ApplyStep: CompiledStep {
    private let kernel: ElementKernel
    private let input: Rows
    private let output: Rows
    /// Elements that are worth a task: rows of logits are shared out in parts.
    private static let taskElements = 8192

    init(_ step: Apply, _ compiler: StepCompiler) throws(ComputeError) {
        kernel = ElementKernel(step.function, compiler.operations)
        input = try compiler.rows(step.input)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        let parts = input.width.dividedRoundingUp(by: Self.taskElements)
        context.worker.share(context.batch.count(input.set) * parts) { task in
            let first = task % parts * Self.taskElements
            let row = task / parts
            kernel(min(Self.taskElements, input.width - first), input[row] + first, output[row] + first)
        }
    }
}

struct GateStep: CompiledStep {
    private let kernel: GateKernel
    private let gate: Rows
    private let up: Rows
    private let output: Rows

    init(_ step: Gate, _ compiler: StepCompiler) throws(ComputeError) {
        kernel = GateKernel(step.function, compiler.operations)
        gate = try compiler.rows(step.gate)
        up = try compiler.rows(step.up)
        output = try compiler.rows(step.output)
    }

    /// One gate that serves a whole row is repeated here.
    var scratchBytes: Int { gate.width == up.width ? 0 : up.width * MemoryLayout<Float>.stride }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(output.set), step: 4) { rows in
            for row in rows {
                var gates = gate[row]
                if gate.width != up.width {
                    gates = context.scratchFloats()
                    gates.update(repeating: gate[row][0], count: up.width)
                }
                kernel(output.width, gates, up[row], output[row])
            }
        }
    }
}

struct AddStep: CompiledStep, @unchecked Sendable {
    private let operations: UnsafePointer<ck_operations>
    private let first: Rows
    private let second: Rows
    private let output: Rows

    init(_ step: Add, _ compiler: StepCompiler) throws(ComputeError) {
        operations = compiler.operations
        first = try compiler.rows(step.first)
        second = try compiler.rows(step.second)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(output.set), step: 4) { rows in
            for row in rows { operations.pointee.add(output.width, first[row], second[row], output[row]) }
        }
    }
}

struct SplitStep: CompiledStep {
    private let input: Rows
    private let heads: Int
    private let outputs: [Rows]

    init(_ step: Split, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        heads = step.heads
        outputs = try compiler.rows(step.outputs)
    }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(input.set), step: 4) { rows in
            for row in rows {
                var from = input[row]
                for head in 0..<heads {
                    for output in outputs {
                        let width = output.width / heads
                        (output[row] + head * width).update(from: from, count: width)
                        from += width
                    }
                }
            }
        }
    }
}

struct JoinStep: CompiledStep {
    private let inputs: [Rows]
    private let widths: [Int]
    private let heads: Int
    private let output: Rows

    init(_ step: Join, _ compiler: StepCompiler) throws(ComputeError) {
        inputs = try compiler.rows(step.inputs)
        widths = step.widths
        heads = step.heads
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.count(output.set), step: 4) { rows in
            for row in rows {
                var to = output[row]
                for head in 0..<heads {
                    for (input, width) in zip(inputs, widths) {
                        let from = input.width == width ? input[row] : input[row] + head * width
                        to.update(from: from, count: width)
                        to += width
                    }
                }
            }
        }
    }
}

/// Copies the rows whose results are wanted.
struct SelectOutputsStep: CompiledStep {
    private let input: Rows
    private let output: Rows

    init(_ step: SelectOutputs, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        context.worker.share(context.batch.outputCount) { row in
            output[row].update(from: input[Int(context.batch.outputRows[row])], count: input.width)
        }
    }
}

struct PoolStep: CompiledStep, @unchecked Sendable {
    private let pooling: Pooling
    private let operations: UnsafePointer<ck_operations>
    private let input: Rows
    private let output: Rows

    init(_ step: Pool, _ compiler: StepCompiler) throws(ComputeError) {
        pooling = step.pooling
        operations = compiler.operations
        input = try compiler.rows(step.input)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        context.worker.share(context.batch.spanCount) { index in
            let span = context.batch.spans[index]
            let result = output[index]
            let end = span.firstRow + span.rowCount
            result.update(from: input[pooling == .last ? end - 1 : span.firstRow], count: input.width)
            guard pooling == .mean else { return }
            for row in span.firstRow + 1..<end { operations.pointee.add(input.width, result, input[row], result) }
            operations.pointee.scale(input.width, result, 1 / Float(span.rowCount), result)
        }
    }
}
