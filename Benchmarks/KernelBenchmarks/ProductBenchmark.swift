import CKernels

/// A format's product with a number of columns: weights from memory where each is used few times, from the cache where
/// they are used often.
struct ProductBenchmark: KernelBenchmark, @unchecked Sendable {
    let name: String
    let limits: CoreLimits
    private let format: KernelTable.Format
    private let columns: Int
    private let isPacked: Bool
    private let rows: Int
    private let activations: Memory
    private let output: Memory

    private static let width = 2048
    /// Weight rows of a call, as the engine cuts them.
    private var rowsOfTask: Int { columns == 1 ? 256 : 64 }

    init(_ format: KernelTable.Format, columns: Int, isPacked: Bool = false, _ table: KernelTable) {
        self.format = format
        self.columns = columns
        self.isPacked = isPacked
        limits = table.limits
        name = "\(format.name)\(isPacked ? " packed" : "") × \(columns)"
        let stride = format.byteCount(of: Self.width)
        rows = columns < 64 ? Memory.weights.byteCount / stride / 256 * 256 : 512
        let columnBytes = format.activation.bytes(Self.width)
        activations = Memory(byteCount: columnBytes * columns)
        output = Memory(floats: columns * 256)
        let input = Memory(floats: Self.width)
        for column in 0..<columns {
            format.activation.quantize(Self.width, input.floats, activations.raw + column * columnBytes)
        }
    }

    var cost: KernelCost {
        KernelCost(
            bytes: format.byteCount(of: rows * Self.width), isStreamed: columns < 64,
            multiplyAdds: rows * Self.width * columns, isInteger: format.isInteger)
    }

    func run() {
        let stride = format.byteCount(of: Self.width)
        // Any bytes are a packed band too.
        guard let multiply = isPacked ? format.row.multiply_packed : format.row.multiply else { return }
        for first in Swift.stride(from: 0, to: rows, by: rowsOfTask) {
            var product = ck_product(
                rows: rowsOfTask, columns: columns, n: Self.width, weights: Memory.weights.raw + first * stride,
                weight_stride: stride, activations: activations.raw,
                activation_stride: format.activation.bytes(Self.width), out: output.floats, out_stride: rowsOfTask,
                tuning: ck_best_tuning())
            multiply(&product)
        }
    }
}
