/// Bytes whose values are small normal numbers in every format: speed depends on sizes, and on nothing being denormal.
final class Memory: @unchecked Sendable {
    let byteCount: Int
    let bytes: UnsafeMutablePointer<UInt8>

    init(byteCount: Int) {
        self.byteCount = byteCount
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, byteCount), alignment: 4096)
        bytes = raw.bindMemory(to: UInt8.self, capacity: byteCount)
        bytes.initialize(repeating: 0x2c, count: byteCount)
    }

    /// Floats around zero.
    init(floats count: Int) {
        byteCount = count * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, byteCount), alignment: 4096)
        bytes = raw.bindMemory(to: UInt8.self, capacity: byteCount)
        for index in 0..<count {
            raw.storeBytes(of: Float(index * 37 % 101) / 50 - 1, toByteOffset: index * 4, as: Float.self)
        }
    }

    deinit { UnsafeMutableRawPointer(bytes).deallocate() }

    var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bytes) }
    var floats: UnsafeMutablePointer<Float> { raw.assumingMemoryBound(to: Float.self) }

    /// Weights of every format are read from here: more than a cache holds.
    static let weights = Memory(byteCount: 1 << 27)
}
