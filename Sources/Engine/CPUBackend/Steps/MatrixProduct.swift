import CKernels
import Compute

/// A weight matrix with the kernel that multiplies it.
struct MatrixProduct: @unchecked Sendable {
    let format: UnsafePointer<ck_format>
    let tuning: ck_tuning
    /// The first row of each matrix; more than one where experts or heads have their own.
    let matrices: UnsafePointer<UnsafeRawPointer>
    /// The weights are as `ck_pack` arranges them; tasks begin at bands then.
    let isPacked: Bool
    /// Bytes from row to row.
    let stride: Int
    let inputWidth: Int
    let outputWidth: Int
    /// [matrices][output width].
    let bias: UnsafePointer<Float>?
    let operations: UnsafePointer<ck_operations>
    /// Which form of the activations it reads, by the stage's numbering.
    var kind = 0

    var activation: UnsafePointer<ck_activation> { format.pointee.activation }

    /// Tasks of a multiple of this many rows are best.
    fileprivate func rowUnit(manyColumns: Bool) -> Int {
        let unit = max(1, format.pointee.row_unit) * (manyColumns ? 4 : 1)
        return isPacked ? unit.roundedUpToBands : unit
    }

    /// Output elements `rows` of `columns` activation columns; `out` is where the first of them goes.
    func multiply(
        _ rows: Range<Int>, matrix: Int = 0, columns: Int, _ activations: UnsafeRawPointer, activationStride: Int,
        out: UnsafeMutablePointer<Float>, outStride: Int
    ) {
        var product = ck_product(
            rows: rows.count, columns: columns, n: inputWidth,
            weights: matrices[matrix] + rows.lowerBound * stride, weight_stride: stride,
            activations: activations, activation_stride: activationStride, out: out, out_stride: outStride,
            tuning: tuning)
        if isPacked {
            assert(rows.lowerBound % Int(CK_BAND_ROWS) == 0, "a task of packed rows begins inside of a band")
            format.pointee.multiply_packed(&product)
        } else {
            format.pointee.multiply(&product)
        }
        guard let bias else { return }
        for column in 0..<columns {
            let values = out + column * outStride
            operations.pointee.add(rows.count, values, bias + matrix * outputWidth + rows.lowerBound, values)
        }
    }
}

/// Rows of one of a step's matrices, a unit of work.
struct RowTask {
    let product: Int
    let rows: Range<Int>

    /// Cuts the rows of `products` into tasks for one column, where each row is read once, or for many, where wider
    /// tasks let the kernel use what it unpacks more often.
    static func cut(_ products: [MatrixProduct], workers: Int, manyColumns: Bool) -> [RowTask] {
        cut(products, units: products.map { $0.rowUnit(manyColumns: manyColumns) }, workers, manyColumns)
    }

    /// The same of a pair of matrices of equal shape, where a task is the same rows of both.
    static func cutPair(_ products: [MatrixProduct], workers: Int, manyColumns: Bool) -> [RowTask] {
        let unit = products.reduce(1) { max($0, $1.rowUnit(manyColumns: manyColumns)) }
        let isPacked = products.contains(where: \.isPacked)
        return cut([products[0]], units: [isPacked ? unit.roundedUpToBands : unit], workers, manyColumns)
    }

    private static func cut(
        _ products: [MatrixProduct], units: [Int], _ workers: Int, _ manyColumns: Bool
    ) -> [RowTask] {
        var tasks: [RowTask] = []
        let rowCount = products.reduce(0) { $0 + $1.outputWidth }
        for (index, product) in products.enumerated() {
            let unit = units[index]
            // Enough tasks that the last one to end is short, and not so many that claiming shows.
            let share = rowCount.dividedRoundingUp(by: workers * (manyColumns ? 16 : 8))
            let step = manyColumns ? unit : share.dividedRoundingUp(by: unit) * unit
            for start in stride(from: 0, to: product.outputWidth, by: step) {
                tasks.append(RowTask(product: index, rows: start..<min(product.outputWidth, start + step)))
            }
        }
        return tasks
    }

    static func widest(_ tasks: [RowTask]) -> Int { tasks.reduce(0) { max($0, $1.rows.count) } }
}
