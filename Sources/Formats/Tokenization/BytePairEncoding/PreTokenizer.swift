/// How a family of models cuts text into words before merging, and what else hangs on that name.
struct PreTokenizer: Sendable {
    /// How the vocabulary writes text.
    enum Spelling {
        /// A printable character for each byte.
        case bytes
        /// As it is.
        case plain
        /// With `▁` for each space.
        case spaceMarks
        /// With `▁` for each space, and at the start of each line that does not begin with one.
        case spaceMarksAtLineStarts
    }

    /// Applied in turn, each to the pieces that the one before left.
    let stages: [PreTokenizerStage]
    var spelling = Spelling.bytes
    /// A word that is a token becomes it, whatever the merges say.
    var ignoresMerges = false
    /// So does a word of line ends.
    var joinsLineEnds = false
    /// Text begins with BOS where the model file does not say otherwise.
    var addsBeginning = false
    /// Text begins with BOS whatever the model file says.
    var alwaysAddsBeginning = false
    /// Without a word of the model file on it, there is a BOS token.
    var hasBeginning = true
    /// A separator stands between two texts that are encoded together, where the model file does not say otherwise.
    var addsSeparator = false
    /// Whole lists of tokens are turned back without spaces before punctuation.
    var cleansSpaces = false

    /// This one with other properties.
    func with(_ change: (inout Self) -> Void) -> Self {
        var result = self
        change(&result)
        return result
    }

    /// Calls `emit` with the range of bytes of each word, in order.
    func split(_ text: ScalarText, _ emit: (Range<Int>) -> Void) {
        split(text, 0..<text.count, stage: 0) { emit(text.offsets[$0.lowerBound]..<text.offsets[$0.upperBound]) }
    }

    private func split(_ text: ScalarText, _ range: Range<Int>, stage: Int, _ emit: (Range<Int>) -> Void) {
        guard !range.isEmpty else { return }
        guard stage < stages.count else { return emit(range) }
        stages[stage].split(text, range) { split(text, $0, stage: stage + 1, emit) }
    }
}
