/// The words of letters of a `WordPattern`.
struct LetterPattern: Sendable {
    /// What may go before the letters.
    enum Prefix {
        case space
        /// `[^\r\n\p{L}\p{N}]`
        case notNumber
        /// `[^\r\n\p{L}\p{P}\p{S}]`
        case notSymbol
    }

    enum Form {
        /// `\p{L}+`
        case run
        /// Capitals followed by small letters. As in llama.cpp, letters beyond ASCII count as both.
        case byCase
        /// Words with single spaces between them: `(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+`
        case phrase
    }

    /// With marks among the letters.
    var classes = ScalarClasses.letter
    var prefix = Prefix.notNumber
    var form = Form.run
    /// Followed by a contraction, if there is one.
    var takesContraction = false

    /// The end of the word that starts at `start`, or nil if there is none.
    func end(in text: TextWindow, from start: Int) -> Int? {
        let first = letterStart(text, start)
        let end =
            switch form {
            case .run: text.runEnd(first, of: classes)
            case .byCase: caseEnd(text, first)
            case .phrase: phraseEnd(text, first)
            }
        guard let end else { return nil }
        return takesContraction ? text.contractionEnd(end, .anyCase) ?? end : end
    }

    /// Where the letters of a word at `start` begin: there or, if something else that may go before them stands there,
    /// after it.
    private func letterStart(_ text: TextWindow, _ start: Int) -> Int {
        let first = text.classes(start)
        guard first.isDisjoint(with: classes) else { return start }
        let isPrefix =
            switch prefix {
            case .space: text.scalar(start) == WordPattern.space
            case .notNumber: first.isDisjoint(with: [.letter, .number]) && !WordPattern.isLineEnd(text.scalar(start))
            case .notSymbol:
                first.isDisjoint(with: [.letter, .punctuation, .symbol]) && !WordPattern.isLineEnd(text.scalar(start))
            }
        return isPrefix ? start + 1 : start
    }

    /// `U*L+` or `U+L*`, where U is any letter but a to z, and L any but A to Z.
    private func caseEnd(_ text: TextWindow, _ start: Int) -> Int? {
        let upperEnd = text.letterRunEnd(start, of: classes, without: 0x61...0x7A)
        let lowerEnd = text.letterRunEnd(upperEnd, of: classes, without: 0x41...0x5A)
        if lowerEnd == upperEnd,
            let last = (start..<upperEnd).last(where: { !(0x41...0x5A).contains(text.scalar($0)) })
        {
            return last + 1
        }
        return lowerEnd > start ? lowerEnd : nil
    }

    private func phraseEnd(_ text: TextWindow, _ start: Int) -> Int? {
        guard text.classes(start) == .letter else { return nil }
        var position = start + 1
        while true {
            if !text.classes(position).isDisjoint(with: .lettersAndMarks) {
                position += 1
            } else if text.scalar(position) == WordPattern.space, text.classes(position + 1) == .letter {
                position += 2
            } else {
                return position
            }
        }
    }
}

/// A text that ends at `end`; beyond it there are scalars of no class.
struct TextWindow {
    let text: ScalarText
    let end: Int
    /// Chinese characters are a class of their own.
    var separatesHan = false

    func scalar(_ index: Int) -> UInt32 { index < end ? text.scalars[index] : .max }

    func classes(_ index: Int) -> ScalarClasses {
        guard index < end else { return [] }
        return separatesHan && Self.isHan(text.scalars[index]) ? .han : text.classes[index]
    }

    /// The end of the run of `classes` at `start`, or nil if there is none.
    func runEnd(_ start: Int, of classes: ScalarClasses, atMost most: Int = .max) -> Int? {
        var position = start
        while position < end, position - start < most, !self.classes(position).isDisjoint(with: classes) {
            position += 1
        }
        return position > start ? position : nil
    }

    /// The end of the run of `classes` at `start`, ended also by letters of `excluded`.
    func letterRunEnd(_ start: Int, of classes: ScalarClasses, without excluded: ClosedRange<UInt32>) -> Int {
        var position = start
        while position < end, !text.classes[position].isDisjoint(with: classes),
            !excluded.contains(text.scalars[position])
        {
            position += 1
        }
        return position
    }

    /// The end of `'s`, `'t`, `'m`, `'d`, `'re`, `'ve` or `'ll` at `start`.
    func contractionEnd(_ start: Int, _ contractions: WordPattern.Contractions) -> Int? {
        guard contractions != .none, scalar(start) == 0x27 else { return nil }
        func letter(_ index: Int) -> UInt32 {
            let scalar = scalar(index)
            return contractions == .anyCase && (0x41...0x5A).contains(scalar) ? scalar + 0x20 : scalar
        }
        switch (letter(start + 1), letter(start + 2)) {
        case (0x73, _), (0x74, _), (0x6D, _), (0x64, _): return start + 2  // s t m d
        case (0x72, 0x65), (0x76, 0x65), (0x6C, 0x6C): return start + 3  // re ve ll
        default: return nil
        }
    }

    private static func isHan(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2EBEF, 0xF900...0xFAFF,
            0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
