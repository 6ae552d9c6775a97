import GGUF

/// Cuts text into the words of BERT: at white space and around punctuation and Chinese characters, in small letters and
/// without accents where the model was trained so.
struct WordNormalizer: Sendable {
    private let isLowercase: Bool
    private let stripsAccents: Bool

    init(_ metadata: GGUFMetadata) throws(TokenizationError) {
        isLowercase = try metadata.tokenizerValue("normalizer.lowercase") ?? true
        stripsAccents = try metadata.tokenizerValue("normalizer.strip_accents") ?? isLowercase
    }

    /// Calls `emit` with the bytes of each word, with `▁` before it; they are valid during the call only.
    func forEachWord(of text: ScalarText, _ emit: (UnsafeRawBufferPointer) -> Void) {
        var word = SpaceMark.bytes
        func finish() {
            guard word.count > SpaceMark.bytes.count else { return }
            word.withUnsafeBytes(emit)
            word.removeSubrange(SpaceMark.bytes.count...)
        }
        ScalarClassTable.shared.withLookup { classesOf in
            for original in text.scalars {
                let scalar = stripsAccents ? ScalarMapping.base(original) : original
                let classes = classesOf(scalar)
                if classes == .whiteSpace {
                    finish()
                } else if classes == .control || scalar == 0xFFFD || stripsAccents && classes == .mark {
                    continue
                } else if stands(alone: scalar, classes) {
                    finish()
                    append(scalar, to: &word)
                    finish()
                } else {
                    append(scalar, to: &word)
                }
            }
        }
        finish()
    }

    private func append(_ scalar: UInt32, to word: inout [UInt8]) {
        let scalar = isLowercase ? ScalarMapping.lowercase(scalar) : scalar
        guard scalar >= 0x80, let scalar = Unicode.Scalar(scalar) else {
            word.append(UInt8(truncatingIfNeeded: scalar))
            return
        }
        word.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    /// Whether a scalar is a word by itself.
    private func stands(alone scalar: UInt32, _ classes: ScalarClasses) -> Bool {
        classes == .punctuation || scalar < 0x7F && classes == .symbol || Self.isChinese(scalar)
    }

    /// The blocks that the tokenizers of BERT name, gap included.
    private static func isChinese(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
