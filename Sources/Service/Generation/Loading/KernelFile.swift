import SystemPackage

/// The small text files in which Linux tells of itself and its processes.
package enum KernelFile {
    /// The first 64 KiB of a file; nil where there is none.
    package static func text(_ path: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return nil }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var count = 0
        while count < bytes.count {
            let room = count
            guard
                let more = try? bytes.withUnsafeMutableBytes({
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[room...]))
                }), more > 0
            else { break }
            count += more
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The number after `label` at the beginning of a line.
    package static func number(after label: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(label) {
            return leadingNumber(line.dropFirst(label.count))
        }
        return nil
    }

    static func leadingNumber(_ text: Substring) -> Int? {
        Int(text.drop { $0 == " " || $0 == "\t" }.prefix { $0.isASCII && $0.isNumber })
    }
}
