import GGUF

/// Rewrites text as a unigram model was trained: characters by the model's map, spaces as `▁`, superfluous spaces away.
struct UnigramNormalizer: Sendable {
    private let map: CharacterMap
    private let addsSpacePrefix: Bool
    private let removesExtraSpaces: Bool

    init(_ metadata: GGUFMetadata, addsSpacePrefix: Bool) throws(TokenizationError) {
        map = try CharacterMap(metadata)
        self.addsSpacePrefix = addsSpacePrefix
        removesExtraSpaces = try metadata.tokenizerValue("remove_extra_whitespaces") ?? false
    }

    func normalized(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 2 + 3)
        var isInWord = false
        var hasPrefix = false
        func append(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                guard byte != UInt8(ascii: " ") else {
                    isInWord = false
                    if !removesExtraSpaces { result += SpaceMark.bytes }
                    continue
                }
                if !isInWord {
                    isInWord = true
                    if addsSpacePrefix && !hasPrefix || removesExtraSpaces {
                        result += SpaceMark.bytes
                        hasPrefix = true
                    }
                }
                result.append(byte)
            }
        }
        var offset = 0
        while offset < text.count {
            if let (length, replacement) = map.longestMatch(in: text, at: offset) {
                append(replacement)
                offset += length
            } else {
                let length = UTF8Lead.validLength(in: text, at: offset)
                if length > 0 { append(text[offset..<offset + length]) } else { append(UTF8Lead.replacement) }
                offset += max(length, 1)
            }
        }
        return result
    }
}
