package import SystemPackage

/// Reads a ZIP archive by its central directory. Nothing is written anywhere, and names of entries are never paths.
package final class ZIPArchive {
    package struct Entry: Hashable {
        package let name: String
        /// Bytes after unpacking.
        let size: Int
        let compressedSize: Int
        fileprivate let method: UInt16
        fileprivate let flags: UInt16
        fileprivate let checksum: UInt32
        fileprivate let headerOffset: Int

        /// The part after the last slash.
        var lastComponent: String { name.split(separator: "/").last.map(String.init) ?? name }
    }

    package let entries: [Entry]
    private let file: FileDescriptor
    private let directoryOffset: Int

    package init(contentsOf path: FilePath) throws {
        file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        do {
            let directory = try ZIPDirectory(of: file)
            directoryOffset = directory.offset
            entries = try directory.entries()
        } catch {
            try? file.close()
            throw error
        }
    }

    deinit {
        try? file.close()
    }

    /// Unpacks an entry, checks its size and checksum, and hands its bytes to `sink` piece by piece.
    func extract(_ entry: Entry, to sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
        guard entry.flags & 1 == 0 else { throw ArchiveError.unsupported("encryption") }
        // DEFLATE makes at most 1,032 bytes of one.
        guard entry.size / 1032 <= entry.compressedSize else {
            throw ArchiveError.inconsistent("\(entry.lastComponent) cannot be as large as it says")
        }
        var position = try dataOffset(of: entry)
        let end = position + entry.compressedSize
        let read: Inflater.Source = { [file] buffer in
            let wanted = min(buffer.count, end - position)
            if wanted == 0 { return 0 }
            let count = try file.read(
                fromAbsoluteOffset: Int64(position), into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            guard count > 0 else { throw ArchiveError.truncated }
            position += count
            return count
        }
        var checksum = CRC32()
        let checkedSink: Inflater.Sink = { bytes in
            checksum.update(bytes)
            try sink(bytes)
        }
        switch entry.method {
        case 0: try copy(entry, from: read, to: checkedSink)
        case 8: try Inflater(limit: entry.size, source: read, sink: checkedSink).run()
        default: throw ArchiveError.unsupported("compression method \(entry.method)")
        }
        guard checksum.value == entry.checksum else { throw ArchiveError.checksumMismatch(entry.lastComponent) }
    }

    /// A small entry as a whole.
    package func contents(of entry: Entry, limit: Int) throws -> [UInt8] {
        guard entry.size <= limit else { throw ArchiveError.inconsistent("\(entry.lastComponent) is too large") }
        var bytes: [UInt8] = []
        try extract(entry) { bytes.append(contentsOf: $0) }
        return bytes
    }

    private func copy(_ entry: Entry, from source: Inflater.Source, to sink: Inflater.Sink) throws {
        guard entry.size == entry.compressedSize else {
            throw ArchiveError.inconsistent("a stored entry has two sizes")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try source(buffer)
            if count == 0 { return }
            try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Where an entry's data begin; its own header must agree with the directory.
    private func dataOffset(of entry: Entry) throws -> Int {
        guard directoryOffset >= 30, entry.headerOffset <= directoryOffset - 30 else { throw ArchiveError.truncated }
        let header = try LittleEndianBytes(reading: 30, at: entry.headerOffset, of: file)
        guard header.word32(0) == 0x0403_4B50, header.word16(8) == entry.method else {
            throw ArchiveError.inconsistent("the header of \(entry.lastComponent) differs from the directory")
        }
        let nameLength = Int(header.word16(26))
        let name = try LittleEndianBytes(reading: nameLength, at: entry.headerOffset + 30, of: file)
        guard String(decoding: name.bytes, as: UTF8.self) == entry.name else {
            throw ArchiveError.inconsistent("the header of \(entry.lastComponent) has another name")
        }
        let offset = entry.headerOffset + 30 + nameLength + Int(header.word16(28))
        guard offset <= directoryOffset, entry.compressedSize <= directoryOffset - offset else {
            throw ArchiveError.inconsistent("\(entry.lastComponent) runs into the directory")
        }
        return offset
    }
}

extension ZIPArchive.Entry {
    /// - Parameter record: a record of the central directory, with its name and its extra fields.
    init(record: LittleEndianBytes, name: ArraySlice<UInt8>, extra: LittleEndianBytes) throws(ArchiveError) {
        self.name = String(decoding: name, as: UTF8.self)
        flags = record.word16(8)
        method = record.word16(10)
        checksum = record.word32(16)
        let compressed = record.word32(20)
        let uncompressed = record.word32(24)
        let offset = record.word32(42)
        var wide = ZIPWideFields(in: extra)
        size = try wide.value(uncompressed)
        compressedSize = try wide.value(compressed)
        headerOffset = try wide.value(offset)
    }
}

/// The 64-bit numbers of an entry, present where the 32-bit ones are all ones (ZIP64).
private struct ZIPWideFields {
    private let field: LittleEndianBytes
    private var position = 0

    init(in extra: LittleEndianBytes) {
        var offset = 0
        while offset + 4 <= extra.bytes.count {
            let length = Int(extra.word16(offset + 2))
            guard offset + 4 + length <= extra.bytes.count else { break }
            if extra.word16(offset) == 1 {
                field = LittleEndianBytes(Array(extra.bytes[offset + 4..<offset + 4 + length]))
                return
            }
            offset += 4 + length
        }
        field = LittleEndianBytes([])
    }

    mutating func value(_ narrow: UInt32) throws(ArchiveError) -> Int {
        guard narrow == .max else { return Int(narrow) }
        guard position + 8 <= field.bytes.count, let value = Int(exactly: field.word64(position)) else {
            throw .inconsistent("an entry lacks its size")
        }
        position += 8
        return value
    }
}
