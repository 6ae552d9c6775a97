import CKernels

/// An operation on the rows of a batch, of a 1B model's width.
struct OperationBenchmark: KernelBenchmark {
    let name: String
    let cost: KernelCost
    let limits: CoreLimits
    private let body: @Sendable (_ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>) -> Void
    private let first = Memory(floats: rows * width)
    private let second = Memory(floats: rows * width)

    private static let (rows, width) = (64, 2048)

    /// - Parameter inputs: how many rows are read for each one that is written.
    private init(
        _ name: String, inputs: Int, _ table: KernelTable,
        _ body: @escaping @Sendable (KernelTable, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        self.name = name
        limits = table.limits
        cost = KernelCost(bytes: (inputs + 1) * Self.rows * Self.width * MemoryLayout<Float>.stride)
        self.body = { body(table, $0, $1) }
    }

    func run() {
        for row in 0..<Self.rows { body(first.floats + row * Self.width, second.floats + row * Self.width) }
    }

    static func all(_ table: KernelTable) -> [OperationBenchmark] {
        let parameters = Memory(floats: width)
        return [
            OperationBenchmark("rms_norm", inputs: 1, table) { table, input, output in
                table.operations.rms_norm(width, input, parameters.floats, 1e-5, output)
            },
            OperationBenchmark("rope", inputs: 1, table) { table, input, output in
                table.operations.rope(32, 64, 64, false, parameters.floats, parameters.floats + 32, input, output)
            },
            OperationBenchmark("layer_norm", inputs: 1, table) { table, input, output in
                table.operations.layer_norm(width, input, parameters.floats, parameters.floats, 1e-5, output)
            },
            OperationBenchmark("silu of a gate", inputs: 2, table) { table, input, output in
                table.operations.gate[Int(CK_SILU)]?(width, input, parameters.floats, output)
            },
            OperationBenchmark("gelu of a gate", inputs: 2, table) { table, input, output in
                table.operations.gate[Int(CK_GELU)]?(width, input, parameters.floats, output)
            },
            OperationBenchmark("softcap", inputs: 1, table) { table, input, output in
                table.operations.softcap(width, input, 30, output)
            },
            OperationBenchmark("add", inputs: 2, table) { table, input, output in
                table.operations.add(width, input, parameters.floats, output)
            },
        ]
    }
}
