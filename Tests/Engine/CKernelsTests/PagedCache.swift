import CKernels

/// Keys and values of one head, in blocks that lie in memory in reverse order. What no token fills is NaN.
final class PagedCache {
    let keys: UnsafeMutableBufferPointer<UnsafeRawPointer?>
    let values: UnsafeMutableBufferPointer<UnsafeRawPointer?>

    private let memory: UnsafeMutableRawBufferPointer
    private let kernels: CacheKernels
    private let width: Int
    private let blockTokens: Int
    private let tileBytes: Int
    private let blockCount: Int

    init(_ task: AttentionCase, _ kernels: CacheKernels) {
        self.kernels = kernels
        width = task.width
        blockTokens = task.blockTokens
        tileBytes = kernels.row.tile_bytes(task.width)
        blockCount = (task.firstPosition + task.rows + blockTokens - 1) / blockTokens
        memory = .allocate(byteCount: 2 * blockCount * tileBytes, alignment: 64)
        // 0x7E7E is a NaN in f16, also as a scale.
        memory.initializeMemory(as: UInt8.self, repeating: 0x7E)
        keys = .allocate(capacity: blockCount)
        values = .allocate(capacity: blockCount)
        for block in 0..<blockCount {
            keys.initializeElement(at: block, to: memory.baseAddress.map { UnsafeRawPointer($0) + offset(block) })
            values.initializeElement(at: block, to: keys[block].map { $0 + tileBytes })
        }
    }

    deinit {
        memory.deallocate()
        keys.deallocate()
        values.deallocate()
    }

    private func offset(_ block: Int) -> Int { (blockCount - 1 - block) * 2 * tileBytes }

    func store(_ position: Int, key: [Float], value: [Float]) {
        guard let base = memory.baseAddress.map({ $0 + offset(position / blockTokens) }) else { return }
        kernels.row.store_key(width, key, position % blockTokens, base)
        kernels.row.store_value(width, value, position % blockTokens, base + tileBytes)
    }

    /// The bytes of every block.
    var bytes: [UInt8] { Array(memory) }

    /// What is kept of `count` positions, rotated back: [position][element].
    func contents(_ count: Int) -> (keys: [Float], values: [Float]) {
        let kept = rawContents(count)
        return (rotated(kept.keys), rotated(kept.values))
    }

    /// Heads multiplied by a Hadamard matrix where the type keeps them so: entry (i, j) is 1, or -1 where i and j have an
    /// odd number of bits in common, over the root of the size. It is its own inverse.
    func rotated(_ heads: [Float]) -> [Float] {
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
            let block = offset(position / blockTokens)
            let keys = UnsafeRawBufferPointer(rebasing: memory[block..<block + tileBytes])
            let values = UnsafeRawBufferPointer(rebasing: memory[block + tileBytes..<block + 2 * tileBytes])
            for element in 0..<width {
                result.keys.append(key(keys, element, position % blockTokens))
                result.values.append(value(values, element, position % blockTokens))
            }
        }
        return result
    }

    // The layouts of the types, read in the plainest way.

    private func key(_ tile: UnsafeRawBufferPointer, _ element: Int, _ token: Int) -> Float {
        let scaleIndex = element / 32 * 32 + token
        switch kernels.name {
        case "f16": return half(tile, element * 32 + token)
        case "q8_0":
            return half(tile, 16 * width + scaleIndex) * Float(Int8(bitPattern: tile[element * 32 + token]))
        default:
            let code = tile[element / 2 * 32 + token] >> (element % 2 == 0 ? 0 : 4) & 15
            return half(tile, 8 * width + scaleIndex) * Float(Int(code) - 8)
        }
    }

    private func value(_ tile: UnsafeRawBufferPointer, _ element: Int, _ token: Int) -> Float {
        let index = token * width + element
        switch kernels.name {
        case "f16": return half(tile, index)
        case "q8_0": return half(tile, 16 * width + index / 32) * Float(Int8(bitPattern: tile[index]))
        default:
            let code = tile[index / 32 * 16 + element % 16] >> (element % 32 < 16 ? 0 : 4) & 15
            return half(tile, 8 * width + index / 32) * Float(Int(code) - 8)
        }
    }

    private func half(_ tile: UnsafeRawBufferPointer, _ index: Int) -> Float {
        let bits = tile.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
        var result: Float = 0
        let format = KernelTable.generic?.format(1)
        withUnsafeBytes(of: bits) { format?.row.dequantize(1, $0.baseAddress, &result) }
        return result
    }
}
