import CKernels
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The kernels that are measured, and what the core could do.
struct KernelTable: @unchecked Sendable {
    let pointer: UnsafePointer<ck_table>
    let limits: CoreLimits

    static let chosen = KernelTable()

    private init() {
        let named = getenv("APUS_KERNELS").flatMap { ck_table_named($0) }
        pointer = named ?? ck_best_table()
        limits = CoreLimits(pointer)
    }

    var name: String { String(cString: pointer.pointee.name) }
    var operations: ck_operations { pointer.pointee.operations.pointee }
    /// Those that are found: a table can have a second row of a type.
    var formats: [Format] {
        let rows = UnsafeBufferPointer(start: pointer.pointee.formats, count: pointer.pointee.format_count)
        return rows.indices.compactMap { index in
            let found = ck_find_format(pointer, rows[index].gguf_id)
            return found == rows.baseAddress.map { $0 + index } ? Format(row: rows[index]) : nil
        }
    }

    /// A row of the table.
    struct Format: @unchecked Sendable {
        let row: ck_format

        var name: String { QuantizationType.withGGUFID(row.gguf_id)?.name ?? "type \(row.gguf_id)" }
        var activation: ck_activation { row.activation.pointee }
        /// Products are made of 8-bit codes.
        var isInteger: Bool { String(cString: activation.name).hasPrefix("int8") }

        func byteCount(of elements: Int) -> Int { elements / row.block_size * row.block_bytes }
    }
}
