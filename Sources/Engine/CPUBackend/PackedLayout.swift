import CKernels
import Compute
import Tensors

/// Which matrices of a program are packed, and where in one piece of memory their copies lie.
struct PackedLayout {
    struct Entry {
        let format: UnsafePointer<ck_format>
        /// Bytes from row to row, in the file.
        let stride: Int
        let inputWidth: Int
        /// Of each matrix.
        let rowCount: Int
        /// More than one where a tensor holds the matrices of experts.
        let matrixCount: Int
        /// Of the copy of the first.
        let offset: Int

        /// Of a matrix in the file.
        var matrixBytes: Int { rowCount * stride }
        /// Of its copy.
        var packedMatrixBytes: Int { rowCount.roundedUpToBands * stride }
    }

    let entries: [Weight: Entry]
    let byteCount: Int

    /// Nil where there is nothing to pack.
    init?(_ program: Program, _ kernels: KernelTable) {
        var entries: [Weight: Entry] = [:]
        var end = 0
        for weight in program.steps.flatMap(\.matrices) where entries[weight] == nil {
            guard let entry = Entry(weight, kernels, offset: end),
                let bytes = try? entry.packedMatrixBytes.times(entry.matrixCount, for: weight.name),
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
        let dimensions = weight.shape.dimensions
        guard let format = try? kernels.format(of: weight), format.pointee.multiply_packed != nil,
            dimensions.count >= 2, dimensions[0] > 0, dimensions[1] > 0, dimensions[1] < 1 << 40,
            let stride = weight.type.byteCount(ofElements: dimensions[0]),
            let matrixBytes = try? dimensions[1].roundedUpToBands.times(stride, for: weight.name), matrixBytes > 0
        else { return nil }
        self.init(
            format: format, stride: stride, inputWidth: dimensions[0], rowCount: dimensions[1],
            matrixCount: weight.shape.elementCount / dimensions[0] / dimensions[1], offset: offset)
    }
}

extension Int {
    /// The next multiple of a band of packed rows.
    var roundedUpToBands: Int { dividedRoundingUp(by: Int(CK_BAND_ROWS)) * Int(CK_BAND_ROWS) }
}

extension Step {
    /// The weights that it multiplies by.
    fileprivate var matrices: [Weight] {
        switch self {
        case .linear(let linear): linear.projections.map(\.weight)
        case .expertLinear(let linear): linear.weights
        case .route(_, let weight, _): [weight]
        case .embed, .normalize, .rotate, .attend, .gate, .add, .sumExperts, .selectOutputs: []
        }
    }
}
