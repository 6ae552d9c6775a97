import CKernels

/// Quantizing columns for products: a prompt's batch of them.
struct ActivationBenchmark: KernelBenchmark, @unchecked Sendable {
    let limits: CoreLimits
    private let activation: ck_activation
    private let input = Memory(floats: columns * width)
    private let output: Memory

    private static let (columns, width) = (64, 2048)

    /// One for each form that the table's formats want, other than the floats themselves.
    static func all(_ table: KernelTable) -> [ActivationBenchmark] {
        var known: Set<String> = []
        return table.formats.filter(\.isInteger).map(\.activation).filter {
            known.insert(String(cString: $0.name)).inserted
        }
        .map { ActivationBenchmark($0, table.limits) }
    }

    private init(_ activation: ck_activation, _ limits: CoreLimits) {
        self.activation = activation
        self.limits = limits
        output = Memory(byteCount: activation.bytes(Self.width) * Self.columns)
    }

    var name: String { "quantize \(String(cString: activation.name))" }
    var cost: KernelCost { KernelCost(bytes: input.byteCount + output.byteCount) }

    func run() {
        let stride = activation.bytes(Self.width)
        for column in 0..<Self.columns {
            activation.quantize(Self.width, input.floats + column * Self.width, output.raw + column * stride)
        }
    }
}
