/// A text as scalars with their classes, and where each lies among its bytes. Valid only within `withText`.
struct ScalarText {
    let scalars: UnsafeBufferPointer<UInt32>
    let classes: UnsafeBufferPointer<ScalarClasses>
    /// Where each scalar starts; one more for the end.
    let offsets: UnsafeBufferPointer<Int>
    /// The text's bytes; those that were no valid UTF-8 have become U+FFFD.
    let bytes: UnsafeRawBufferPointer

    var count: Int { scalars.count }

    static func withText(_ source: UnsafeRawBufferPointer, _ body: (ScalarText) -> Void) {
        guard String(validating: source, as: UTF8.self) != nil else {
            return repaired(source).withUnsafeBytes { withValidText($0, body) }
        }
        withValidText(source, body)
    }

    private static func withValidText(_ bytes: UnsafeRawBufferPointer, _ body: (ScalarText) -> Void) {
        let scalars = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: bytes.count)
        let classes = UnsafeMutableBufferPointer<ScalarClasses>.allocate(capacity: bytes.count)
        let offsets = UnsafeMutableBufferPointer<Int>.allocate(capacity: bytes.count + 1)
        defer {
            scalars.deallocate()
            classes.deallocate()
            offsets.deallocate()
        }
        var count = 0
        var offset = 0
        ScalarClassTable.shared.withLookup { classOf in
            while offset < bytes.count {
                let (scalar, length) = scalar(in: bytes, at: offset)
                scalars.initializeElement(at: count, to: scalar)
                classes.initializeElement(at: count, to: classOf(scalar))
                offsets.initializeElement(at: count, to: offset)
                count += 1
                offset += length
            }
        }
        offsets.initializeElement(at: count, to: bytes.count)
        body(
            ScalarText(
                scalars: UnsafeBufferPointer(rebasing: scalars[..<count]),
                classes: UnsafeBufferPointer(rebasing: classes[..<count]),
                offsets: UnsafeBufferPointer(rebasing: offsets[...count]), bytes: bytes))
    }

    /// The scalar at `offset` of valid UTF-8.
    private static func scalar(in bytes: UnsafeRawBufferPointer, at offset: Int) -> (scalar: UInt32, length: Int) {
        func tail(_ index: Int) -> UInt32 { UInt32(bytes[offset + index] & 0x3F) }
        let lead = UInt32(bytes[offset])
        switch lead {
        case ..<0x80: return (lead, 1)
        case ..<0xE0: return ((lead & 0x1F) << 6 | tail(1), 2)
        case ..<0xF0: return ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
        default: return ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
        }
    }

    /// `source` with U+FFFD for each byte that is part of no valid character.
    private static func repaired(_ source: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        var offset = 0
        while offset < source.count {
            let length = UTF8Lead.validLength(in: source, at: offset)
            if length > 0 {
                result.append(contentsOf: source[offset..<offset + length])
            } else {
                result += UTF8Lead.replacement
            }
            offset += max(length, 1)
        }
        return result
    }
}
