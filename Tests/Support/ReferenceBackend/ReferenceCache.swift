import CKernels
import Compute

/// Keys and values of every layer by block and position, in a dictionary.
struct ReferenceCache {
    typealias Entry = (key: Row, value: Row)

    private struct Place: Hashable {
        let layer: Int
        let block: BlockID
        let offset: Int
    }

    let blockTokens: Int
    let roundsToHalf: Bool
    private var entries: [Place: Entry] = [:]

    init(blockTokens: Int, roundsToHalf: Bool) {
        self.blockTokens = blockTokens
        self.roundsToHalf = roundsToHalf
    }

    mutating func store(layer: Int, position: Int, _ blocks: [BlockID], key: Row, value: Row) {
        entries[place(layer, position, blocks)] = roundsToHalf ? (halves(key), halves(value)) : (key, value)
    }

    func entry(layer: Int, position: Int, _ blocks: [BlockID]) -> Entry {
        guard let entry = entries[place(layer, position, blocks)] else {
            preconditionFailure("position \(position) of layer \(layer) is read before it is written")
        }
        return entry
    }

    private func place(_ layer: Int, _ position: Int, _ blocks: [BlockID]) -> Place {
        Place(layer: layer, block: blocks[position / blockTokens], offset: position % blockTokens)
    }

    private func halves(_ row: Row) -> Row {
        guard let table = ck_table_named("generic"), let format = ck_find_format(table, 1),
            let type = ck_find_cache(table, "f16")
        else { return row }
        // The first token's values lie at the beginning of a tile, in order.
        var tile = [UInt8](repeating: 0, count: type.pointee.tile_bytes(row.count))
        var result = row
        type.pointee.store_value(row.count, row, 0, &tile)
        format.pointee.dequantize(row.count, tile, &result)
        return result
    }
}
