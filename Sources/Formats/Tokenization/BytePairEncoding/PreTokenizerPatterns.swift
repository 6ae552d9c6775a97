extension PreTokenizerStage {
    /// The expression of GPT-2.
    static let gpt2 = words(
        WordPattern(
            contractions: .lowercase, letters: LetterPattern(prefix: .space), numbers: .afterSpace, lineEnds: .none))

    /// The expression of GPT-4, which nearly all later models have with small changes.
    static func gpt4(digits: Int, _ change: (inout WordPattern) -> Void = { _ in }) -> PreTokenizerStage {
        var pattern = WordPattern(contractions: .anyCase, numbers: .digits(digits), punctuationTail: .lineEnds)
        change(&pattern)
        return words(pattern)
    }

    /// Words by capitals and small letters, contractions included.
    static func gpt4o(_ letters: ScalarClasses) -> PreTokenizerStage {
        gpt4(digits: 3) { pattern in
            pattern.contractions = .none
            pattern.letters = LetterPattern(classes: letters, form: .byCase, takesContraction: true)
            pattern.punctuationTail = .lineEndsAndSlashes
        }
    }

    /// The same expression where it names all kinds of letters, which llama.cpp does not tell apart.
    static func anyCase(digits: Int) -> PreTokenizerStage {
        gpt4(digits: digits) { pattern in
            pattern.contractions = .none
            pattern.letters = LetterPattern(classes: .lettersAndMarks, takesContraction: true)
            pattern.punctuationTail = .lineEndsAndSlashes
        }
    }

    static let qwen35 = gpt4(digits: 1) { pattern in
        pattern.letters.classes = .lettersAndMarks
        pattern.punctuation = .restButMarks
    }

    static let tekken = gpt4(digits: 1) { pattern in
        pattern.contractions = .none
        pattern.letters.form = .byCase
        pattern.punctuationTail = .lineEndsAndSlashes
    }

    static let kimi = gpt4(digits: 3) { pattern in
        pattern.contractions = .none
        pattern.isolatesHan = true
        pattern.letters.takesContraction = true
    }

    static let exaoneMoE = gpt4(digits: 1) { pattern in
        pattern.letters.form = .phrase
        pattern.punctuationTail = .lineEndOrSlash
    }

    /// The last expression of DeepSeek V3.
    static let deepSeek3 = words(deepSeek3Words)

    static let spark = words(
        {
            var pattern = deepSeek3Words
            pattern.punctuationTail = .nothing
            pattern.lineEnds = .single
            return pattern
        }())

    private static let deepSeek3Words = WordPattern(
        joinsASCIIMarks: true, letters: LetterPattern(classes: .lettersAndMarks, prefix: .notSymbol),
        punctuation: .symbols, punctuationTail: .lineEnds)

    static let number = runs(RunPattern(set: ScalarSet(classes: .number), atMost: 1))
    static let threeNumbers = runs(RunPattern(set: ScalarSet(classes: .number), atMost: 3))
    static let numbers = runs(RunPattern(set: ScalarSet(classes: .number)))
    static let threeDigits = runs(RunPattern(set: ScalarSet("0-9"), atLeast: 3, atMost: 3))
    static let lineEnd = runs(RunPattern(set: ScalarSet("\n\r"), atMost: 1))
    static let lettersAfterSpace = runs(RunPattern(set: ScalarSet(classes: .letter), prefix: whiteSpace))
    static let punctuationAfterSpace = runs(RunPattern(set: ScalarSet(classes: .punctuation), prefix: whiteSpace))
    /// Chinese and Japanese.
    static let hanAndKana = runs(RunPattern(set: ScalarSet("一-龥\u{3040}-ゟ゠-ヿ")))
    /// Chinese, Japanese and Korean, and what else lies between U+0800 and U+9FA5.
    static let eastAsian = runs(RunPattern(set: ScalarSet("一-龥\u{0800}-一가-\u{D7FF}")))

    /// Punctuation and some symbols.
    static func punctuation(and symbols: String) -> PreTokenizerStage {
        runs(RunPattern(set: ScalarSet(symbols, classes: .punctuation)))
    }

    /// ` ?[^(\s|.,!?…。，、।۔،)]+`
    static let bloom = runs(
        RunPattern(
            set: ScalarSet("(|.,!?…。，、।۔،)", classes: .whiteSpace, isInverted: true), prefix: ScalarSet(" ")))

    static let youtuScripts = anyRun([
        RunPattern(set: ScalarSet("가-힣ㄱ-\u{318E}")),
        RunPattern(set: ScalarSet("！…“”‘’—：；，、-\u{303F}\u{FE30}-\u{FE4F}")),
        RunPattern(set: ScalarSet("ㄅ-ㄯ")), RunPattern(set: ScalarSet("一-龥\u{3040}-ゟ゠-ヿ")),
    ])

    static let afmoeScripts = runs(
        RunPattern(
            set: ScalarSet(
                ranges: [
                    0x4E00...0x9FFF, 0x3400...0x4DBF, 0x8C48...0xFAFF, 0x3040...0x30FF, 0xFF65...0xFF9F,
                    0x2F00...0x2FDF,
                    0x0E40...0x0EFF, 0x1780...0x17FF, 0x1000...0x109F, 0xAA60...0xAA7F, 0xA9E0...0xA9FF,
                    0xAC00...0xD7AF,
                    0x1100...0x11FF,
                ])))

    /// What the expression of Chameleon takes out before the words: its sentinels and images, tabs, line ends and spaces.
    static let chameleon: [PreTokenizerStage] = [
        enclosed(prefix: scalars("<sentinel:"), RunPattern(set: ScalarSet("0-9")), suffix: scalars(">")),
        enclosed(prefix: scalars("IMGIMG"), RunPattern(set: ScalarSet("A-I"), atMost: 4), suffix: scalars("Z")),
        anyRun([
            RunPattern(set: ScalarSet("\t\n"), atMost: 1), RunPattern(set: ScalarSet(" "), atLeast: 4, atMost: 4),
            RunPattern(set: ScalarSet(" "), atLeast: 2, atMost: 2),
        ]),
        number,
        runs(RunPattern(set: ScalarSet("!-/:-@[-`{-~", classes: .punctuation), atMost: 1)),
    ]

    /// The letters that DeepSeek LLM knows: those of Latin, Greek, Cyrillic and other scripts with capitals.
    static let deepSeekLetters = runs(
        RunPattern(set: ScalarSet(ranges: deepSeekLetterRanges), prefix: whiteSpace))
    static let deepSeekPunctuation = runs(
        RunPattern(set: ScalarSet("!-/:-~！-／：-～‘-‟\u{3000}-。"), prefix: whiteSpace))

    private static let whiteSpace = ScalarSet(classes: .whiteSpace)

    private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    private static var deepSeekLetterRanges: [ClosedRange<UInt32>] {
        [
            0x41...0x5A, 0x61...0x7A, 0xB5...0xB5, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x1BA, 0x1BC...0x1BF,
            0x1C4...0x293, 0x295...0x2AF, 0x370...0x373, 0x376...0x376, 0x377...0x377, 0x37B...0x37D,
            0x37F...0x37F, 0x386...0x386, 0x388...0x38A, 0x38C...0x38C, 0x38E...0x3A1, 0x3A3...0x3F5,
            0x3F7...0x481, 0x48A...0x52F, 0x531...0x556, 0x10A0...0x10C5, 0x13A0...0x13F5, 0x13F8...0x13FD,
            0x1C90...0x1CBA, 0x1CBD...0x1CBF, 0x1D00...0x1D2B, 0x1D6B...0x1D77, 0x1D79...0x1D9A,
            0x1E00...0x1F15, 0x1F18...0x1F1D, 0x1F20...0x1F45, 0x1F48...0x1F4D, 0x1F50...0x1F57,
            0x1F59...0x1F59, 0x1F5B...0x1F5B, 0x1F5D...0x1F5D, 0x1F5F...0x1F7D, 0x1F80...0x1FB4,
            0x1FB6...0x1FBC, 0x1FBE...0x1FBE, 0x1FC2...0x1FC4, 0x1FC6...0x1FCC, 0x1FD0...0x1FD3,
            0x1FD6...0x1FDB, 0x1FE0...0x1FEC, 0x1FF2...0x1FF4, 0x1FF6...0x1FFC, 0x2102...0x2102,
            0x2107...0x2107, 0x210A...0x2113, 0x2115...0x2115, 0x2119...0x211D, 0x2124...0x2124,
            0x2126...0x2126, 0x2128...0x2128, 0x212A...0x212D, 0x212F...0x2134, 0x2139...0x2139,
            0x213C...0x213F, 0x2145...0x2149, 0x214E...0x214E, 0x2183...0x2183, 0x2184...0x2184,
            0x2C00...0x2C7B, 0x2C7E...0x2CE4, 0x2CEB...0x2CEE, 0x2CF2...0x2CF2, 0x2CF3...0x2CF3,
            0xA640...0xA66D, 0xA680...0xA69B, 0xA722...0xA76F, 0xA771...0xA787, 0xA78B...0xA78E,
            0xAB70...0xABBF, 0xFB00...0xFB06, 0xFB13...0xFB17, 0xFF21...0xFF3A, 0xFF41...0xFF5A,
            0x10400...0x1044F, 0x104B0...0x104D3, 0x104D8...0x104FB, 0x10C80...0x10CB2, 0x10CC0...0x10CF2,
            0x118A0...0x118DF, 0x1E900...0x1E943,
        ]
    }
}
