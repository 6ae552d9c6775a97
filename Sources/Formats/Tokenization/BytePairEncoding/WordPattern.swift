/// The expression by which GPT-2 and its descendants find words, with the choices in which they differ. Tried in this
/// order: contraction, letters after an ASCII mark, Chinese, word of letters, number, punctuation, line ends, white space.
struct WordPattern: Sendable {
    enum Contractions { case none, lowercase, anyCase }

    enum Numbers {
        case none
        /// ` ?\p{N}+`
        case afterSpace
        /// `\p{N}{1,n}`
        case digits(Int)
    }

    enum Punctuation {
        /// ` ?[^\s\p{L}\p{N}]+`
        case rest
        /// ` ?[^\s\p{L}\p{M}\p{N}]+`
        case restButMarks
        /// ` ?[\p{P}\p{S}]+`
        case symbols
    }

    /// What a run of punctuation takes with it.
    enum PunctuationTail {
        case nothing
        /// `[\r\n]*`
        case lineEnds
        /// `[\r\n/]*`
        case lineEndsAndSlashes
        /// `[\r\n/]?`
        case lineEndOrSlash
    }

    enum LineEnds {
        case none
        /// White space up to its last line end is a word: `\s*[\r\n]+`
        case withSpaceBefore
        /// `[\r\n]`
        case single
    }

    var contractions = Contractions.none
    /// ``[!-/:-@\[-`{-~][A-Za-z]+``
    var joinsASCIIMarks = false
    /// `\p{Han}+`, which then are no letters.
    var isolatesHan = false
    var letters = LetterPattern()
    var numbers = Numbers.none
    var punctuation = Punctuation.rest
    var punctuationTail = PunctuationTail.nothing
    var lineEnds = LineEnds.withSpaceBefore

    static let space: UInt32 = 0x20

    static func isLineEnd(_ scalar: UInt32) -> Bool { scalar == 0x0A || scalar == 0x0D }

    /// The end of the match that starts at `start`, or `start` if there is none. Nothing from `end` on is looked at.
    func matchEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        let window = TextWindow(text: text, end: end, separatesHan: isolatesHan)
        if let match = window.contractionEnd(start, contractions) { return match }
        if joinsASCIIMarks, let match = markedLettersEnd(window, start) { return match }
        if isolatesHan, let match = window.runEnd(start, of: .han) { return match }
        if let match = letters.end(in: window, from: start) { return match }
        if let match = numberEnd(window, start) { return match }
        if let match = punctuationEnd(window, start) { return match }
        return whiteSpaceEnd(window, start) ?? start
    }

    private func markedLettersEnd(_ text: TextWindow, _ start: Int) -> Int? {
        guard text.scalar(start) < 0x80, !text.classes(start).isDisjoint(with: [.punctuation, .symbol]) else {
            return nil
        }
        var position = start + 1
        while text.scalar(position) < 0x80, text.classes(position) == .letter { position += 1 }
        return position > start + 1 ? position : nil
    }

    private func numberEnd(_ text: TextWindow, _ start: Int) -> Int? {
        switch numbers {
        case .none: nil
        case .afterSpace: text.runEnd(text.scalar(start) == Self.space ? start + 1 : start, of: .number)
        case .digits(let most): text.runEnd(start, of: .number, atMost: most)
        }
    }

    private func punctuationEnd(_ text: TextWindow, _ start: Int) -> Int? {
        func belongs(_ position: Int) -> Bool {
            switch punctuation {
            case .rest: text.classes(position).isDisjoint(with: [.letter, .han, .number, .whiteSpace])
            case .restButMarks: text.classes(position).isDisjoint(with: [.letter, .mark, .number, .whiteSpace])
            case .symbols: !text.classes(position).isDisjoint(with: [.punctuation, .symbol])
            }
        }
        var position = text.scalar(start) == Self.space ? start + 1 : start
        let first = position
        while position < text.end, belongs(position) { position += 1 }
        guard position > first else { return nil }
        let most = punctuationTail == .lineEndOrSlash ? position + 1 : text.end
        while position < most, isPunctuationTail(text.scalar(position)) { position += 1 }
        return position
    }

    private func isPunctuationTail(_ scalar: UInt32) -> Bool {
        switch punctuationTail {
        case .nothing: false
        case .lineEnds: Self.isLineEnd(scalar)
        case .lineEndsAndSlashes, .lineEndOrSlash: Self.isLineEnd(scalar) || scalar == 0x2F
        }
    }

    private func whiteSpaceEnd(_ text: TextWindow, _ start: Int) -> Int? {
        if lineEnds == .single, Self.isLineEnd(text.scalar(start)) { return start + 1 }
        guard let end = text.runEnd(start, of: .whiteSpace) else { return nil }
        if lineEnds == .withSpaceBefore, let lineEnd = (start..<end).last(where: { Self.isLineEnd(text.scalar($0)) }) {
            return lineEnd + 1
        }
        // The last space belongs to the word that follows.
        return end - start > 1 && end < text.end ? end - 1 : end
    }
}
