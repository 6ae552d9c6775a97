import SystemPackage

/// The central directory at the end of a ZIP archive.
struct ZIPDirectory {
    private static let sizeLimit = 64 << 20

    let offset: Int
    private let count: Int
    private let bytes: LittleEndianBytes

    init(of file: FileDescriptor) throws {
        let fileSize = Int(try file.seek(offset: 0, from: .end))
        guard fileSize >= 22 else { throw ArchiveError.notAnArchive }
        // The end record is followed by a comment of at most 65,535 bytes.
        let tailOffset = max(0, fileSize - 22 - 0xFFFF)
        let tail = try LittleEndianBytes(reading: fileSize - tailOffset, at: tailOffset, of: file)
        guard
            let end = (0...tail.bytes.count - 22).reversed().first(where: {
                tail.word32($0) == 0x0605_4B50 && $0 + 22 + Int(tail.word16($0 + 20)) == tail.bytes.count
            })
        else { throw ArchiveError.notAnArchive }
        var count = Int(tail.word16(end + 10))
        var size = Int(tail.word32(end + 12))
        var offset = Int(tail.word32(end + 16))
        guard tail.word16(end + 4) == 0 || tail.word16(end + 4) == .max else {
            throw ArchiveError.unsupported("an archive of several volumes")
        }
        if count == 0xFFFF || size == Int(UInt32.max) || offset == Int(UInt32.max) {
            (count, size, offset) = try Self.wideEnd(before: tailOffset + end, of: file)
        }
        guard size <= Self.sizeLimit else { throw ArchiveError.tooLarge }
        guard offset <= tailOffset + end, size <= tailOffset + end - offset else { throw ArchiveError.truncated }
        self.offset = offset
        self.count = count
        bytes = try LittleEndianBytes(reading: size, at: offset, of: file)
    }

    func entries() throws(ArchiveError) -> [ZIPArchive.Entry] {
        var entries: [ZIPArchive.Entry] = []
        var names: Set<String> = []
        var position = 0
        for _ in 0..<count {
            guard position + 46 <= bytes.bytes.count, bytes.word32(position) == 0x0201_4B50 else {
                throw .inconsistent("its directory is cut short")
            }
            let record = LittleEndianBytes(Array(bytes.bytes[position..<position + 46]))
            let nameEnd = position + 46 + Int(record.word16(28))
            let extraEnd = nameEnd + Int(record.word16(30))
            let end = extraEnd + Int(record.word16(32))
            guard end <= bytes.bytes.count else { throw .inconsistent("its directory is cut short") }
            let entry = try ZIPArchive.Entry(
                record: record, name: bytes.bytes[position + 46..<nameEnd],
                extra: LittleEndianBytes(Array(bytes.bytes[nameEnd..<extraEnd])))
            guard names.insert(entry.name).inserted else { throw .inconsistent("\(entry.lastComponent) occurs twice") }
            entries.append(entry)
            position = end
        }
        return entries
    }

    /// Count, size and offset from the end record of ZIP64, which its locator before the plain end record points to.
    private static func wideEnd(
        before end: Int, of file: FileDescriptor
    ) throws -> (count: Int, size: Int, offset: Int) {
        guard end >= 20 else { throw ArchiveError.truncated }
        let locator = try LittleEndianBytes(reading: 20, at: end - 20, of: file)
        guard locator.word32(0) == 0x0706_4B50, let position = Int(exactly: locator.word64(8)), position <= end - 76
        else {
            throw ArchiveError.inconsistent("its end record points nowhere")
        }
        let record = try LittleEndianBytes(reading: 56, at: position, of: file)
        guard record.word32(0) == 0x0606_4B50, let count = Int(exactly: record.word64(32)),
            let size = Int(exactly: record.word64(40)), let offset = Int(exactly: record.word64(48))
        else { throw ArchiveError.inconsistent("its end record is invalid") }
        return (count, size, offset)
    }
}
