import CKernels
import Tensors

/// A table of kernels that this machine can run.
struct KernelTable: Sendable, CustomStringConvertible {
    let name: String
    nonisolated(unsafe) let pointer: UnsafePointer<ck_table>

    var operations: ck_operations { pointer.pointee.operations }
    var formats: [KernelFormat] {
        UnsafeBufferPointer(start: pointer.pointee.formats, count: pointer.pointee.format_count)
            .map { KernelFormat(row: $0, tableName: name) }
    }
    var description: String { name }

    init?(_ name: String) {
        guard let pointer = ck_table_named(name) else { return nil }
        self.name = name
        self.pointer = pointer
    }

    func format(_ ggufID: UInt32) -> KernelFormat? { formats.first { $0.row.gguf_id == ggufID } }

    static let names = ["generic", "avx2", "avx512", "neon"]
    static let generic = KernelTable("generic")
    /// The tables other than generic that this machine can run; the rest are named on the console.
    static let fast: [KernelTable] = names.dropFirst().compactMap { name in
        let table = KernelTable(name)
        if table == nil { print("skipped: this machine or build cannot run the \(name) kernels") }
        return table
    }
}

/// A row of a table.
struct KernelFormat: Sendable, CustomStringConvertible {
    nonisolated(unsafe) let row: ck_format
    let tableName: String

    var typeName: String { QuantizationType.withGGUFID(row.gguf_id)?.name ?? "type \(row.gguf_id)" }
    var description: String { "\(typeName) \(tableName)" }

    func dequantize(_ blocks: [UInt8], count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            row.dequantize(count, blocks, buffer.baseAddress)
            initialized = count
        }
    }

    /// The bytes of activation columns, one after another.
    func quantizeActivations(_ columns: [[Float]]) -> [UInt8] {
        columns.flatMap { column in
            let size = row.activation.pointee.bytes(column.count)
            return [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
                buffer.initialize(repeating: 0)
                column.withUnsafeBufferPointer {
                    row.activation.pointee.quantize(column.count, $0.baseAddress, buffer.baseAddress)
                }
                initialized = size
            }
        }
    }

    /// The product of `rows` rows of `blocks` with activation columns; `result[c * rows + r]`.
    func multiply(_ blocks: [UInt8], rows: Int, activations: [UInt8], columns: Int, length: Int) -> [Float] {
        let padding = 3  // columns of the result do not touch, so that writes beyond the rows are noticed
        var out = [Float](repeating: -12345, count: columns * (rows + padding))
        blocks.withUnsafeBytes { weights in
            activations.withUnsafeBytes { columnBytes in
                out.withUnsafeMutableBufferPointer { result in
                    var product = ck_product(
                        rows: rows, columns: columns, n: length, weights: weights.baseAddress,
                        weight_stride: length / row.block_size * row.block_bytes, activations: columnBytes.baseAddress,
                        activation_stride: row.activation.pointee.bytes(length), out: result.baseAddress,
                        out_stride: rows + padding)
                    row.multiply(&product)
                }
            }
        }
        return (0..<columns).flatMap { column in
            let start = column * (rows + padding)
            precondition(
                out[(start + rows)..<(start + rows + padding)].allSatisfy { $0 == -12345 }, "wrote beyond its rows")
            return Array(out[start..<(start + rows)])
        }
    }
}
