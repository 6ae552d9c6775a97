import SystemPackage

/// Bytes that hold numbers at fixed places, the lowest byte first. Callers have checked that the places exist.
struct LittleEndianBytes {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(reading count: Int, at offset: Int, of file: FileDescriptor) throws {
        bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let target = UnsafeMutableRawBufferPointer(buffer)
            filled = 0
            while filled < count {
                let read = try file.read(
                    fromAbsoluteOffset: Int64(offset + filled),
                    into: UnsafeMutableRawBufferPointer(rebasing: target[filled..<count]))
                guard read > 0 else { throw ArchiveError.truncated }
                filled += read
            }
        }
    }

    func word16(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8 }
    func word32(_ offset: Int) -> UInt32 { UInt32(word16(offset)) | UInt32(word16(offset + 2)) << 16 }
    func word64(_ offset: Int) -> UInt64 { UInt64(word32(offset)) | UInt64(word32(offset + 4)) << 32 }
}
