import CKernels

/// Keys and values of one head, in blocks that lie in memory in reverse order. What no token fills is NaN.
final class PagedCache {
    let keys: UnsafeMutableBufferPointer<UnsafeRawPointer?>
    let values: UnsafeMutableBufferPointer<UnsafeRawPointer?>

    /// The blocks, and one that no token fills. A block is a slice of keys and one of values.
    private let memory: UnsafeMutableRawBufferPointer
    private let kernels: CacheKernels
    private let task: AttentionCase
    private let keyBytes: Int
    private let valueBytes: Int

    init(_ task: AttentionCase, _ kernels: CacheKernels) {
        self.kernels = kernels
        self.task = task
        keyBytes = kernels.row.slice_bytes(task.keyWidth)
        valueBytes = kernels.row.slice_bytes(task.valueWidth)
        memory = .allocate(byteCount: (task.blocks + 1) * (keyBytes + valueBytes), alignment: 64)
        // All bits are a NaN in f32 and in f16, also as a scale.
        memory.initializeMemory(as: UInt8.self, repeating: 0xFF)
        keys = .allocate(capacity: task.blocks)
        values = .allocate(capacity: task.blocks)
        for block in 0..<task.blocks { point(block, to: block) }
    }

    deinit {
        memory.deallocate()
        keys.deallocate()
        values.deallocate()
    }

    private func offset(_ block: Int) -> Int { (task.blocks - block) * (keyBytes + valueBytes) }

    private func point(_ block: Int, to other: Int) {
        keys.initializeElement(at: block, to: memory.baseAddress.map { UnsafeRawPointer($0) + offset(other) })
        values.initializeElement(at: block, to: keys[block].map { $0 + keyBytes })
    }

    /// Puts the block that no token fills in the place of this one.
    func replaceByUnfilled(_ block: Int) { point(block, to: task.blocks) }

    func store(_ position: Int, key: [Float], value: [Float]) {
        guard let base = memory.baseAddress.map({ $0 + offset(position / task.blockTokens) }) else { return }
        kernels.row.store_key(task.keyWidth, key, position % task.blockTokens, base)
        kernels.row.store_value(task.valueWidth, value, position % task.blockTokens, base + keyBytes)
    }

    /// The bytes of every block.
    var bytes: [UInt8] { Array(memory) }

    /// What is kept of `count` positions, rotated back: [position][element].
    func contents(_ count: Int) -> (keys: [Float], values: [Float]) {
        let kept = rawContents(count)
        return (rotated(kept.keys, task.keyWidth), rotated(kept.values, task.valueWidth))
    }

    /// Heads multiplied by a Hadamard matrix where the type keeps them so: entry (i, j) is 1, or -1 where i and j have an
    /// odd number of bits in common, over the root of the size. It is its own inverse.
    func rotated(_ heads: [Float], _ width: Int) -> [Float] {
        guard kernels.row.rotates else { return heads }
        let size = min(256, width & -width)
        return heads.indices.map { index in
            let start = index / size * size
            let sum = (0..<size).reduce(0.0) { sum, other in
                let isOdd = ((index - start) & other).nonzeroBitCount % 2 == 1
                return sum + (isOdd ? -1 : 1) * Double(heads[start + other])
            }
            return Float(sum / Double(size).squareRoot())
        }
    }

    /// What is kept of `count` positions, as it is.
    func rawContents(_ count: Int) -> (keys: [Float], values: [Float]) {
        var result: (keys: [Float], values: [Float]) = ([], [])
        for position in 0..<count {
            let block = offset(position / task.blockTokens), token = position % task.blockTokens
            let keys = UnsafeRawBufferPointer(rebasing: memory[block..<block + keyBytes])
            let values = UnsafeRawBufferPointer(rebasing: memory[block + keyBytes..<block + keyBytes + valueBytes])
            for element in 0..<task.keyWidth { result.keys.append(key(keys, element, token)) }
            for element in 0..<task.valueWidth { result.values.append(value(values, element, token)) }
        }
        return result
    }

    // The layouts of the types, read in the plainest way.

    private func key(_ slice: UnsafeRawBufferPointer, _ element: Int, _ token: Int) -> Float {
        let scaleIndex = element / 32 * 32 + token
        switch kernels.name {
        case "f32": return slice.loadUnaligned(fromByteOffset: 4 * (element * 32 + token), as: Float.self)
        case "f16": return half(slice, element * 32 + token)
        case "q8_0":
            return half(slice, 16 * task.keyWidth + scaleIndex) * Float(Int8(bitPattern: slice[element * 32 + token]))
        default:
            let code = slice[element / 2 * 32 + token] >> (element % 2 == 0 ? 0 : 4) & 15
            return half(slice, 8 * task.keyWidth + scaleIndex) * Float(Int(code) - 8)
        }
    }

    private func value(_ slice: UnsafeRawBufferPointer, _ element: Int, _ token: Int) -> Float {
        let index = token * task.valueWidth + element
        switch kernels.name {
        case "f32": return slice.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        case "f16": return half(slice, index)
        case "q8_0": return half(slice, 16 * task.valueWidth + index / 32) * Float(Int8(bitPattern: slice[index]))
        default:
            let code = slice[index / 32 * 16 + element % 16] >> (element % 32 < 16 ? 0 : 4) & 15
            return half(slice, 8 * task.valueWidth + index / 32) * Float(Int(code) - 8)
        }
    }

    private func half(_ slice: UnsafeRawBufferPointer, _ index: Int) -> Float {
        let bits = slice.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        var result: Float = 0
        let format = KernelTable.generic?.format(1)
        withUnsafeBytes(of: bits) { format?.row.dequantize(1, $0.baseAddress, &result) }
        return result
    }
}
