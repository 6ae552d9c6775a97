/// The expression by which GPT-2 and its descendants find words, with the choices in which they differ. Tried in this
/// order: contraction, word of letters, number, punctuation, line ends, white space.
struct WordPattern: Sendable {
    enum Contractions { case none, lowercase, anyCase }

    enum Letters {
        /// ` ?\p{L}+`
        case afterSpace
        /// `[^\r\n\p{L}\p{N}]?\p{L}+`
        case afterAnything
        /// The same with marks among the letters.
        case withMarks
        /// Capitals followed by small letters, then perhaps a contraction. As in llama.cpp, letters beyond ASCII count as
        /// both, and marks as neither.
        case byCase(contraction: Bool)
    }

    enum Numbers {
        /// ` ?\p{N}+`
        case afterSpace
        /// `\p{N}{1,n}`
        case digits(Int)
    }

    /// What a run of punctuation takes with it.
    enum PunctuationTail { case nothing, lineEnds, lineEndsAndSlashes }

    var contractions: Contractions
    var letters: Letters
    var numbers: Numbers
    var punctuationTail = PunctuationTail.nothing
    /// White space up to its last line end is a word: `\s*[\r\n]+`.
    var keepsLineEnds = true

    private static let space: UInt32 = 0x20

    private static func isLineEnd(_ scalar: UInt32) -> Bool { scalar == 0x0A || scalar == 0x0D }

    func matchEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        let window = Window(text: text, end: end)
        if let match = contractionEnd(window, start) { return match }
        if let match = letterEnd(window, start) { return match }
        if let match = numberEnd(window, start) { return match }
        if let match = punctuationEnd(window, start) { return match }
        return whiteSpaceEnd(window, start) ?? start + 1
    }

    private func contractionEnd(_ text: Window, _ start: Int) -> Int? {
        guard text.scalar(start) == 0x27 else { return nil }
        func letter(_ index: Int) -> UInt32 {
            let scalar = text.scalar(index)
            return contractions == .anyCase && (0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar
        }
        guard contractions != .none else { return nil }
        switch (letter(start + 1), letter(start + 2)) {
        case (0x73, _), (0x74, _), (0x6D, _), (0x64, _): return start + 2  // s t m d
        case (0x72, 0x65), (0x76, 0x65), (0x6C, 0x6C): return start + 3  // re ve ll
        default: return nil
        }
    }

    private func letterEnd(_ text: Window, _ start: Int) -> Int? {
        switch letters {
        case .afterSpace:
            return text.runEnd(text.scalar(start) == Self.space ? start + 1 : start, of: .letter)
        case .afterAnything:
            return text.runEnd(wordStart(text, start, of: .letter), of: .letter)
        case .withMarks:
            return text.runEnd(wordStart(text, start, of: .lettersAndMarks), of: .lettersAndMarks)
        case .byCase(let contraction):
            return caseEnd(text, wordStart(text, start, of: .letter), contraction: contraction)
        }
    }

    /// Where the letters of a word at `start` begin: there or, if there is something else but a line end or number, after it.
    private func wordStart(_ text: Window, _ start: Int, of letters: ScalarClasses) -> Int {
        let first = text.classes(start)
        guard first.isDisjoint(with: letters), !first.contains(.number), !Self.isLineEnd(text.scalar(start))
        else { return start }
        return start + 1
    }

    private func numberEnd(_ text: Window, _ start: Int) -> Int? {
        switch numbers {
        case .afterSpace:
            return text.runEnd(text.scalar(start) == Self.space ? start + 1 : start, of: .number)
        case .digits(let most):
            return text.runEnd(start, of: .number, atMost: most)
        }
    }

    private func punctuationEnd(_ text: Window, _ start: Int) -> Int? {
        var excluded: ScalarClasses = [.letter, .number, .whiteSpace]
        if case .withMarks = letters { excluded.insert(.mark) }
        var position = text.scalar(start) == Self.space ? start + 1 : start
        let first = position
        while position < text.end, text.classes(position).isDisjoint(with: excluded) { position += 1 }
        guard position > first else { return nil }
        while isPunctuationTail(text.scalar(position)) { position += 1 }
        return position
    }

    private func isPunctuationTail(_ scalar: UInt32) -> Bool {
        switch punctuationTail {
        case .nothing: false
        case .lineEnds: Self.isLineEnd(scalar)
        case .lineEndsAndSlashes: Self.isLineEnd(scalar) || scalar == 0x2F
        }
    }

    private func whiteSpaceEnd(_ text: Window, _ start: Int) -> Int? {
        guard let end = text.runEnd(start, of: .whiteSpace) else { return nil }
        if keepsLineEnds, let lineEnd = (start..<end).last(where: { Self.isLineEnd(text.scalar($0)) }) {
            return lineEnd + 1
        }
        // The last space belongs to the word that follows.
        return end - start > 1 && end < text.end ? end - 1 : end
    }
}

extension WordPattern {
    /// `U*L+` or `U+L*`, where U is any letter but a to z, and L any but A to Z.
    private func caseEnd(_ text: Window, _ start: Int, contraction: Bool) -> Int? {
        let upperEnd = text.letterRunEnd(start, without: 0x61...0x7A)
        let lowerEnd = text.letterRunEnd(upperEnd, without: 0x41...0x5A)
        var end = lowerEnd
        if lowerEnd == upperEnd,
            let last = (start..<upperEnd).last(where: { !(0x41...0x5A).contains(text.scalar($0)) })
        {
            end = last + 1
        }
        guard end > start else { return nil }
        return contraction ? Self.anyContraction.contractionEnd(text, end) ?? end : end
    }

    private static let anyContraction = WordPattern(
        contractions: .anyCase, letters: .afterSpace, numbers: .afterSpace)
}

/// A text that ends at `end`; beyond it there are scalars of no class.
private struct Window {
    let text: ScalarText
    let end: Int

    func scalar(_ index: Int) -> UInt32 { index < end ? text.scalars[index] : .max }
    func classes(_ index: Int) -> ScalarClasses { index < end ? text.classes[index] : [] }

    /// The end of the run of `classes` at `start`, or nil if there is none.
    func runEnd(_ start: Int, of classes: ScalarClasses, atMost most: Int = .max) -> Int? {
        var position = start
        while position < end, position - start < most, !text.classes[position].isDisjoint(with: classes) {
            position += 1
        }
        return position > start ? position : nil
    }

    /// The end of the run of letters at `start`, ended also by letters of `excluded`.
    func letterRunEnd(_ start: Int, without excluded: ClosedRange<UInt32>) -> Int {
        var position = start
        while position < end, text.classes[position].contains(.letter), !excluded.contains(text.scalars[position]) {
            position += 1
        }
        return position
    }
}
