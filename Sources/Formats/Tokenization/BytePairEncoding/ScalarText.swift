/// A text as scalars with their classes, and where each lies among its bytes. Bytes that are no valid UTF-8 have become
/// one U+FFFD each.
struct ScalarText {
    private let bytes: [UInt8]
    private(set) var scalars: [UInt32] = []
    private(set) var classes: [ScalarClasses] = []
    /// Where each scalar starts; one more for the end.
    private(set) var offsets: [Int] = []

    var count: Int { scalars.count }

    init(_ source: UnsafeRawBufferPointer) {
        bytes = Self.repaired(source)
        scalars.reserveCapacity(bytes.count)
        classes.reserveCapacity(bytes.count)
        offsets.reserveCapacity(bytes.count + 1)
        let table = ScalarClassTable.shared
        bytes.withUnsafeBufferPointer { bytes in
            var offset = 0
            while offset < bytes.count {
                let (scalar, length) = Self.scalar(in: bytes, at: offset)
                offsets.append(offset)
                scalars.append(scalar)
                classes.append(table[scalar])
                offset += length
            }
        }
        offsets.append(bytes.count)
    }

    /// The text's bytes, in which `offsets` point.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { bytes.withUnsafeBytes(body) }

    /// The scalar at `offset` of valid UTF-8.
    private static func scalar(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (scalar: UInt32, length: Int) {
        func tail(_ index: Int) -> UInt32 { UInt32(bytes[offset + index] & 0x3F) }
        let lead = UInt32(bytes[offset])
        switch lead {
        case ..<0x80: return (lead, 1)
        case ..<0xE0: return ((lead & 0x1F) << 6 | tail(1), 2)
        case ..<0xF0: return ((lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3)
        default: return ((lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
        }
    }

    private static func repaired(_ source: UnsafeRawBufferPointer) -> [UInt8] {
        guard String(validating: source, as: UTF8.self) == nil else { return Array(source) }
        var result: [UInt8] = []
        var offset = 0
        while offset < source.count {
            let length = validLength(in: source, at: offset)
            if length > 0 {
                result.append(contentsOf: source[offset..<offset + length])
            } else {
                result += [0xEF, 0xBF, 0xBD]
            }
            offset += max(length, 1)
        }
        return result
    }

    /// The bytes of the valid character at `offset`, or 0.
    private static func validLength(in source: UnsafeRawBufferPointer, at offset: Int) -> Int {
        let length: Int
        switch source[offset] {
        case ..<0x80: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return 0
        }
        guard offset + length <= source.count else { return 0 }
        let candidate = UnsafeRawBufferPointer(rebasing: source[offset..<offset + length])
        return String(validating: candidate, as: UTF8.self) == nil ? 0 : length
    }
}
