package import Tensors

extension Tokenizer {
    /// The bytes of a whole list of tokens, without the space that `encode` put before the text.
    ///
    /// - Parameters:
    ///   - removeBoundaries: leave out the beginning and end of text that `encode` added.
    ///   - showSpecial: show the texts of control tokens.
    package func detokenize(_ tokens: [TokenID], removeBoundaries: Bool = false, showSpecial: Bool) -> [UInt8] {
        var tokens = tokens[...]
        var dropsSpace = vocabulary.addsSpacePrefix
        if removeBoundaries {
            if vocabulary.addsBeginning, let first = tokens.first, first == vocabulary.roles.beginningOfText {
                dropsSpace = false
                tokens.removeFirst()
            }
            if vocabulary.addsEnd, let last = tokens.last, last == vocabulary.roles.endOfText { tokens.removeLast() }
        }
        var result: [UInt8] = []
        for token in tokens {
            let piece = bytes(of: token, showingSpecial: showSpecial)
            result += dropsSpace && piece.first == UInt8(ascii: " ") ? piece.dropFirst() : piece
            dropsSpace = false
        }
        return vocabulary.cleansSpaces ? SpaceCleaning.clean(result) : result
    }
}

/// Takes away spaces that word-by-word tokenizers put where English has none, in the three passes of llama.cpp.
private enum SpaceCleaning {
    static func clean(_ text: [UInt8]) -> [UInt8] {
        contractions(loneApostrophes(punctuation(text)))
    }

    private static let space = UInt8(ascii: " ")
    private static let apostrophe = UInt8(ascii: "'")

    /// ` ?`, ` !`, ` .`, ` ,` lose the space.
    private static func punctuation(_ text: [UInt8]) -> [UInt8] {
        let marks = Set("?!.,".utf8)
        var result: [UInt8] = []
        for (index, byte) in text.enumerated() {
            if index > 0, text[index - 1] == space, marks.contains(byte) { result.removeLast() }
            result.append(byte)
        }
        return result
    }

    /// ` ' ` becomes `'`.
    private static func loneApostrophes(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        var previous: UInt8?
        while index < text.count {
            let byte = text[index]
            if byte == apostrophe, previous == space, index + 1 < text.count, text[index + 1] == space {
                result.removeLast()
                result.append(byte)
                index += 1
                previous = nil
            } else {
                result.append(byte)
                previous = byte
            }
            index += 1
        }
        return result
    }

    /// ` 's`, ` 'm`, ` 're`, ` 've` lose the space (and `'ll` keeps it).
    private static func contractions(_ text: [UInt8]) -> [UInt8] {
        let endings = ["'s", "'m", "'re", "'ve"].map { Array($0.utf8) }
        var result: [UInt8] = []
        for (index, byte) in text.enumerated() {
            if index > 0, text[index - 1] == space, byte == apostrophe,
                endings.contains(where: { text[index...].starts(with: $0) })
            {
                result.removeLast()
            }
            result.append(byte)
        }
        return result
    }
}
