import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Builds ZIP archives byte by byte, right or wrong.
struct WheelBuilder {
    struct Entry {
        var name: String
        var stored: [UInt8]
        var method: UInt16 = 0
        var size: Int
        var checksum: UInt32
        var headerName: String?
    }
    var entries: [Entry] = []
    var isWide = false
    var comment: [UInt8] = []
    /// Changes the archive's end record: an offset into it and the new byte.
    var extraCount = 0

    mutating func add(_ name: String, _ bytes: [UInt8]) {
        entries.append(Entry(name: name, stored: bytes, size: bytes.count, checksum: Self.crc(bytes)))
    }

    /// - Parameter deflated: bytes that unpack to `bytes`.
    mutating func add(_ name: String, _ bytes: [UInt8], deflated: [UInt8]) {
        entries.append(
            Entry(name: name, stored: deflated, method: 8, size: bytes.count, checksum: Self.crc(bytes)))
    }

    /// DEFLATE data of stored blocks only.
    static func storedBlocks(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            result.append(rest.isEmpty ? 1 : 0)
            result += little(count) + little(~count) + block
        } while !rest.isEmpty
        return result
    }

    func bytes() -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = archive.count
            let headerName = Array((entry.headerName ?? entry.name).utf8)
            archive += Self.little(UInt32(0x0403_4B50)) + Self.little(UInt16(20)) + Self.little(UInt16(0))
            archive += Self.little(entry.method) + [0, 0, 0, 0] + Self.little(entry.checksum)
            archive += Self.little(UInt32(entry.stored.count)) + Self.little(UInt32(truncatingIfNeeded: entry.size))
            archive += Self.little(UInt16(headerName.count)) + Self.little(UInt16(0)) + headerName + entry.stored

            let name = Array(entry.name.utf8)
            var extra: [UInt8] = []
            if isWide {
                extra = Self.little(UInt16(1)) + Self.little(UInt16(24)) + Self.little(UInt64(entry.size))
                extra += Self.little(UInt64(entry.stored.count)) + Self.little(UInt64(offset))
            }
            directory += Self.little(UInt32(0x0201_4B50)) + Self.little(UInt16(20)) + Self.little(UInt16(20))
            directory +=
                Self.little(UInt16(0)) + Self.little(entry.method) + [0, 0, 0, 0] + Self.little(entry.checksum)
            directory += Self.little(isWide ? .max : UInt32(entry.stored.count))
            directory += Self.little(isWide ? .max : UInt32(truncatingIfNeeded: entry.size))
            directory += Self.little(UInt16(name.count)) + Self.little(UInt16(extra.count))
            directory += [UInt8](repeating: 0, count: 10) + Self.little(isWide ? .max : UInt32(offset)) + name + extra
        }
        let offset = archive.count
        let count = entries.count + extraCount
        archive += directory
        if isWide {
            let end = archive.count
            archive += Self.little(UInt32(0x0606_4B50)) + Self.little(UInt64(44)) + Self.little(UInt32(0x2D002D))
            archive += Self.little(UInt64(0)) + Self.little(UInt64(count)) + Self.little(UInt64(count))
            archive += Self.little(UInt64(directory.count)) + Self.little(UInt64(offset))
            archive += Self.little(UInt32(0x0706_4B50)) + Self.little(UInt32(0)) + Self.little(UInt64(end))
            archive += Self.little(UInt32(1))
        }
        archive += Self.little(UInt32(0x0605_4B50)) + [0, 0, 0, 0]
        archive += Self.little(isWide ? .max : UInt16(count)) + Self.little(isWide ? .max : UInt16(count))
        archive += Self.little(isWide ? .max : UInt32(directory.count)) + Self.little(isWide ? .max : UInt32(offset))
        return archive + Self.little(UInt16(comment.count)) + comment
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// The checksum bit by bit, as the reference for the fast one.
    static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
        return ~value
    }
}
