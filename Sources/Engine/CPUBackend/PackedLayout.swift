import CKernels
import Compute
import Tensors

/// Which matrices of a program are packed, and where in one piece of memory their copies lie.
struct PackedLayout {
    struct Entry {
        let format: UnsafePointer<ck_format>
        let rows: MatrixRows
        /// Of the copy of the first matrix.
        let offset: Int

        /// Of a matrix's copy.
        var packedMatrixBytes: Int { rows.count.roundedUpToBands * rows.stride }
    }

    let entries: [Weight: Entry]
    let byteCount: Int

    /// Nil where there is nothing to pack.
    init?(_ program: Program, _ kernels: KernelTable) {
        var entries: [Weight: Entry] = [:]
        var end = 0
        for weight in program.steps.flatMap(\.operation.matrices) where entries[weight] == nil {
            guard let entry = Entry(weight, kernels, offset: end),
                let bytes = try? entry.packedMatrixBytes.times(entry.rows.matrixCount, for: weight.name),
                bytes <= 1 << 60, end <= 1 << 60
            else { continue }
            entries[weight] = entry
            end = (end + bytes).roundedUpToCacheLine
        }
        guard !entries.isEmpty else { return nil }
        self.entries = entries
        byteCount = end
    }
}

extension PackedLayout.Entry {
    /// Nil where the type has no products with packed weights.
    fileprivate init?(_ weight: Weight, _ kernels: KernelTable, offset: Int) {
        guard let format = try? kernels.format(of: weight), format.pointee.multiply_packed != nil,
            let rows = try? MatrixRows(weight), rows.width > 0, rows.count > 0, rows.count < 1 << 40,
            let matrixBytes = try? rows.count.roundedUpToBands.times(rows.stride, for: weight.name), matrixBytes > 0
        else { return nil }
        self.init(format: format, rows: rows, offset: offset)
    }
}

/// The rows of a weight's matrices, as a tensor has them.
struct MatrixRows {
    /// Elements of a row.
    let width: Int
    /// Of each matrix.
    let count: Int
    /// Of each matrix, before those that are meant.
    let first: Int
    /// More than one where a tensor holds the matrices of experts.
    let matrixCount: Int
    /// Bytes from row to row.
    let stride: Int

    init(_ weight: Weight) throws(ComputeError) {
        let dimensions = weight.shape.dimensions
        guard dimensions.count >= 2 else {
            throw .wrongShape(weight: weight.name, expected: "a matrix", found: weight.shape.description)
        }
        guard let bytes = weight.type.byteCount(ofElements: dimensions[0]) else {
            throw .wrongShape(
                weight: weight.name, expected: "rows of a multiple of \(weight.type.blockSize)",
                found: weight.shape.description)
        }
        width = dimensions[0]
        count = dimensions[1]
        first = weight.part?.lowerBound ?? 0
        matrixCount = dimensions[2...].reduce(1, *)
        stride = bytes
    }

    /// Bytes from one of the tensor's matrices to the next.
    func matrixBytes(in tensor: TensorView) -> Int { tensor.shape.dimensions[1] * stride }
}

extension Int {
    /// The next multiple of a band of packed rows.
    var roundedUpToBands: Int { dividedRoundingUp(by: Int(CK_BAND_ROWS)) * Int(CK_BAND_ROWS) }
}
