// The library's ways to make a text of many pieces take up to a microsecond for each; these copy bytes.

extension String {
    /// The text so many times over.
    static func repeated(_ text: String, _ count: Int) -> String {
        guard count > 0, !text.isEmpty else { return "" }
        var text = text
        return text.withUTF8 { utf8 in
            String(unsafeUninitializedCapacity: utf8.count * count) { buffer in
                for index in 0..<count {
                    _ = UnsafeMutableBufferPointer(rebasing: buffer[(index * utf8.count)...]).update(
                        fromContentsOf: utf8)
                }
                return utf8.count * count
            }
        }
    }

    init(scalars: some Sequence<Unicode.Scalar>) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(scalars.underestimatedCount)
        for scalar in scalars { bytes.append(scalar) }
        self.init(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    mutating func append(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
