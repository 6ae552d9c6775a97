import CKernels
package import Compute
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The kernels of one instruction set.
package struct KernelTable: @unchecked Sendable {
    let table: UnsafePointer<ck_table>
    let tuning = ck_best_tuning()

    /// The fastest that this CPU can run.
    package static var best: KernelTable { KernelTable(table: ck_best_table()) }

    /// Every table that this CPU can run, the best first.
    package static var available: [KernelTable] {
        var tables: [KernelTable] = []
        var index = 0
        while let name = ck_table_name(index) {
            if let table = ck_table_named(name) { tables.append(KernelTable(table: table)) }
            index += 1
        }
        return tables
    }

    /// Nil where this CPU or build cannot run it.
    package static func named(_ name: String) -> KernelTable? {
        ck_table_named(name).map(KernelTable.init(table:))
    }

    /// The table that `APUS_KERNELS` names, or the best where it is not set.
    package static func fromEnvironment() throws(ComputeError) -> KernelTable {
        guard let value = getenv("APUS_KERNELS"), value.pointee != 0 else { return best }
        let name = String(cString: value)
        guard let table = named(name) else {
            throw .unsupported(
                "APUS_KERNELS names \"\(name)\", which this CPU cannot run; it runs "
                    + available.map(\.name).joined(separator: ", "))
        }
        return table
    }

    package var name: String { String(cString: table.pointee.name) }

    var operations: UnsafePointer<ck_operations> { table.pointee.operations }

    /// The types of the KV cache.
    var cacheNames: [String] {
        var names: [String] = []
        var row = table.pointee.caches
        while let name = row?.pointee.name {
            names.append(String(cString: name))
            row = row?.successor()
        }
        return names
    }

    func cache(named name: String) -> UnsafePointer<ck_cache>? { ck_find_cache(table, name) }

    /// The arithmetic of a weight's type.
    func format(of weight: Weight) throws(ComputeError) -> UnsafePointer<ck_format> {
        guard let format = ck_find_format(table, weight.type.ggufID),
            format.pointee.block_size == weight.type.blockSize,
            format.pointee.block_bytes == weight.type.bytesPerBlock
        else { throw .unsupportedType(weight: weight.name, type: weight.type.name) }
        return format
    }
}
