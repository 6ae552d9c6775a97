import CKernels
import Compute
import Workers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cosines and sines for the rows of a batch; layers that rotate alike share it.
struct RotationTable: @unchecked Sendable {
    let rotation: Rotation
    let operations: UnsafePointer<ck_operations>
    let cosines: UnsafeMutablePointer<Float>
    let sines: UnsafeMutablePointer<Float>

    private var pairs: Int { rotation.frequencies.count }

    init(
        _ rotation: Rotation, _ operations: UnsafePointer<ck_operations>, _ limits: ExecutionLimits,
        _ memory: BufferMemory
    ) throws(ComputeError) {
        self.rotation = rotation
        self.operations = operations
        let count = try limits.maximumRows.times(rotation.frequencies.count, for: "rotations")
        cosines = try memory.floats(count, for: "rotations")
        sines = try memory.floats(count, for: "rotations")
    }

    func fill(row: Int, _ batch: BoundBatch) {
        let sections = batch.sectionPositions + row * batch.sectionCount
        for pair in 0..<pairs {
            let position = rotation.sections.isEmpty ? batch.positions[row] : sections[rotation.sections[pair]]
            // In double precision: far positions turn fast pairs thousands of times.
            let angle = Double(position) * Double(rotation.frequencies[pair])
            cosines[row * pairs + pair] = Float(cos(angle)) * rotation.magnitude
            sines[row * pairs + pair] = Float(sin(angle)) * rotation.magnitude
        }
    }

    /// Rotates `heads` heads of `headWidth` floats at the position of `row`.
    func rotate(
        row: Int, heads: Int, headWidth: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
    ) {
        operations.pointee.rope(
            heads, headWidth, 2 * pairs, rotation.isInterleaved, cosines + row * pairs, sines + row * pairs, input,
            output)
    }
}

/// Fills a table before the first step that reads it.
struct FillRotationStep: CompiledStep {
    let table: RotationTable

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.rowCount, step: 4) { rows in
            for row in rows { table.fill(row: row, context.batch) }
        }
    }
}

struct RotateStep: CompiledStep {
    private let table: RotationTable?
    private let heads: Int
    private let input: Rows
    private let output: Rows

    init(_ step: Rotate, _ compiler: StepCompiler) throws(ComputeError) {
        table = try compiler.table(step.rotation)
        heads = step.heads
        input = try compiler.rows(step.input)
        output = try compiler.rows(step.output)
    }

    func perform(_ context: StepContext) {
        context.worker.shareRows(context.batch.rowCount, step: 4) { rows in
            for row in rows {
                table?.rotate(
                    row: row, heads: heads, headWidth: input.width / heads, input[row], output[row])
            }
        }
    }
}
