import CKernels
import Compute

/// Keys and values of every layer by block and position, and states by block, in dictionaries.
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
    private var states: [Place: Row] = [:]

    init(blockTokens: Int, roundsToHalf: Bool) {
        self.blockTokens = blockTokens
        self.roundsToHalf = roundsToHalf
    }

    mutating func store(_ layer: CacheLayer, position: Int, _ span: Batch.Span, key: Row, value: Row) {
        entries[place(layer, position, span)] = roundsToHalf ? (halves(key), halves(value)) : (key, value)
    }

    func entry(_ layer: CacheLayer, position: Int, _ span: Batch.Span) -> Entry {
        guard let entry = entries[place(layer, position, span)] else {
            preconditionFailure("position \(position) of layer \(layer.index) is read before it is written")
        }
        return entry
    }

    /// The state before a span's first row.
    func state(_ layer: CacheLayer, _ span: Batch.Span) -> Row {
        guard case .state(let from, _) = span.caches[layer.group] else {
            preconditionFailure("group \(layer.group) has blocks, and a state is read")
        }
        let empty = Row(repeating: 0, count: layer.elements(perBlockOf: 1))
        guard let from else { return empty }
        guard let state = states[Place(layer: layer.index, block: from, offset: 0)] else {
            preconditionFailure("state \(from) of layer \(layer.index) is read before it is written")
        }
        return state
    }

    /// Keeps the state after a span's last row.
    mutating func keep(_ state: Row, _ layer: CacheLayer, _ span: Batch.Span) {
        guard case .state(_, let to) = span.caches[layer.group] else { return }
        states[Place(layer: layer.index, block: to, offset: 0)] = state
    }

    private func place(_ layer: CacheLayer, _ position: Int, _ span: Batch.Span) -> Place {
        guard case .blocks(let blocks) = span.caches[layer.group] else {
            preconditionFailure("group \(layer.group) has a state, and position \(position) is read")
        }
        return Place(layer: layer.index, block: blocks[position / blockTokens], offset: position % blockTokens)
    }

    private func halves(_ row: Row) -> Row {
        guard let table = ck_table_named("generic"), let format = ck_find_format(table, 1),
            let type = ck_find_cache(table, "f16")
        else { return row }
        // The first token's values lie at the beginning of a slice, in order.
        var slice = [UInt8](repeating: 0, count: type.pointee.slice_bytes(row.count))
        var result = row
        type.pointee.store_value(row.count, row, 0, &slice)
        format.pointee.dequantize(row.count, slice, &result)
        return result
    }
}
