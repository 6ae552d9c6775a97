import CKernels
import Tensors

/// A table of kernels that this machine can run.
struct KernelTable: Sendable, CustomStringConvertible {
    let name: String
    nonisolated(unsafe) let pointer: UnsafePointer<ck_table>

    var operations: ck_operations { pointer.pointee.operations.pointee }
    var formats: [KernelFormat] {
        UnsafeBufferPointer(start: pointer.pointee.formats, count: pointer.pointee.format_count)
            .flatMap { row in
                KernelFormat.tunings(ofTable: name).map { KernelFormat(row: row, tableName: name, tuning: $0) }
            }
    }
    var description: String { name }

    init?(_ name: String) {
        guard let pointer = ck_table_named(name) else { return nil }
        self.name = name
        self.pointer = pointer
    }

    /// The types of the KV cache.
    var caches: [CacheKernels] {
        var result: [CacheKernels] = []
        var row = pointer.pointee.caches
        while let next = row, next.pointee.name != nil {
            result.append(CacheKernels(row: next.pointee, tableName: name))
            row = next.successor()
        }
        return result
    }

    func cache(_ name: String) -> CacheKernels? { caches.first { $0.name == name } }

    func format(_ ggufID: UInt32) -> KernelFormat? { formats.first { $0.row.gguf_id == ggufID } }

    /// Those of this build, whether or not this machine can run them.
    static let names: [String] = {
        var names: [String] = []
        while let name = ck_table_name(names.count) { names.append(String(cString: name)) }
        return names
    }()
    static let generic = KernelTable("generic")
    /// The tables other than generic that this machine can run; the rest are named on the console.
    static let fast: [KernelTable] = names.filter { $0 != "generic" }.compactMap { name in
        let table = KernelTable(name)
        if table == nil { print("skipped: this machine or build cannot run the \(name) kernels") }
        return table
    }
}

/// A type of the KV cache in a table.
struct CacheKernels: Sendable, CustomStringConvertible {
    nonisolated(unsafe) let row: ck_cache
    let tableName: String

    var name: String { String(cString: row.name) }
    var description: String { "\(name) \(tableName)" }

    /// Whether the type has keys and values of the case's widths.
    func takes(_ task: AttentionCase) -> Bool {
        task.keyWidth % row.width_unit == 0 && task.valueWidth % row.width_unit == 0
    }

    static let all = KernelTable.names.compactMap(KernelTable.init).flatMap(\.caches)
}

/// A row of a table.
struct KernelFormat: Sendable, CustomStringConvertible {
    nonisolated(unsafe) var row: ck_format
    let tableName: String
    let tuning: ck_tuning

    /// All that makes a difference.
    static func tunings(ofTable name: String) -> [ck_tuning] {
        let plain = ck_tuning(stream_ahead: 0, pairs_panels: false)
        return name.hasPrefix("avx512") ? [plain, ck_tuning(stream_ahead: 4096, pairs_panels: true)] : [plain]
    }

    var activationName: String { String(cString: row.activation.pointee.name) }
    /// The generic code for the same weights and activations.
    var genericTwin: KernelFormat? {
        KernelTable.generic?.formats.first { $0.row.gguf_id == row.gguf_id && $0.activationName == activationName }
    }

    var typeName: String { QuantizationType.withGGUFID(row.gguf_id)?.name ?? "type \(row.gguf_id)" }
    var description: String {
        "\(typeName) × \(activationName) \(tableName)\(tuning.pairs_panels ? ", pairs of panels" : "")"
    }

    func dequantize(_ blocks: [UInt8], count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            row.dequantize(count, blocks, buffer.baseAddress)
            initialized = count
        }
    }

    /// The bytes of activation columns, one after another.
    func quantizeActivations(_ columns: [[Float]]) -> [UInt8] {
        let size = row.activation.pointee.bytes(columns[0].count)
        var bytes = [UInt8](repeating: 0, count: size * columns.count)
        bytes.withUnsafeMutableBytes { buffer in
            for (index, column) in columns.enumerated() {
                let out = buffer[(index * size)..<((index + 1) * size)]
                row.activation.pointee.quantize(
                    column.count, column, UnsafeMutableRawBufferPointer(rebasing: out).baseAddress)
            }
        }
        return bytes
    }

    /// Floats between the columns of a product's result, so that writes beyond its rows are noticed.
    static let padding = 3
    static let untouched: Float = -12345

    /// The product of `rows` rows of `blocks` with activation columns: `result[c * (rows + padding) + r]`.
    func paddedProduct(_ blocks: [UInt8], rows: Int, activations: [UInt8], columns: Int, length: Int) -> [Float] {
        var out = [Float](repeating: Self.untouched, count: columns * (rows + Self.padding))
        blocks.withUnsafeBytes { weights in
            activations.withUnsafeBytes { columnBytes in
                out.withUnsafeMutableBufferPointer { result in
                    var product = ck_product(
                        rows: rows, columns: columns, n: length, weights: weights.baseAddress,
                        weight_stride: length / row.block_size * row.block_bytes, activations: columnBytes.baseAddress,
                        activation_stride: row.activation.pointee.bytes(length), out: result.baseAddress,
                        out_stride: rows + Self.padding, tuning: tuning)
                    row.multiply(&product)
                }
            }
        }
        return out
    }

    /// The product without the padding: `result[c * rows + r]`.
    func multiply(_ blocks: [UInt8], rows: Int, activations: [UInt8], columns: Int, length: Int) -> [Float] {
        let padded = paddedProduct(blocks, rows: rows, activations: activations, columns: columns, length: length)
        return (0..<columns).flatMap { column in
            let start = column * (rows + Self.padding)
            return padded[start..<(start + rows)]
        }
    }
}
