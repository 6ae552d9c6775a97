/// How a family of models cuts text into words before merging, and what else hangs on that name.
struct PreTokenizer: Sendable {
    /// Applied in turn, each to the pieces that the one before left.
    let stages: [PreTokenizerStage]
    /// A word that is a token becomes it, whatever the merges say.
    var ignoresMerges = false
    /// Text begins with BOS where the model file does not say otherwise.
    var addsBeginning = false
    /// Whole lists of tokens are turned back without spaces before punctuation.
    var cleansSpaces = false

    /// Calls `emit` with the range of bytes of each word; together they are the text.
    func split(_ text: ScalarText, _ emit: (Range<Int>) -> Void) {
        split(text, 0..<text.count, stage: 0) { emit(text.offsets[$0.lowerBound]..<text.offsets[$0.upperBound]) }
    }

    private func split(_ text: ScalarText, _ range: Range<Int>, stage: Int, _ emit: (Range<Int>) -> Void) {
        guard !range.isEmpty else { return }
        guard stage < stages.count else { return emit(range) }
        var gapStart = range.lowerBound
        var position = range.lowerBound
        while position < range.upperBound {
            let end = stages[stage].matchEnd(in: text, from: position, to: range.upperBound)
            guard end > position else {
                position += 1
                continue
            }
            split(text, gapStart..<position, stage: stage + 1, emit)
            split(text, position..<end, stage: stage + 1, emit)
            position = end
            gapStart = end
        }
        split(text, gapStart..<range.upperBound, stage: stage + 1, emit)
    }
}

/// One pass over a text.
enum PreTokenizerStage: Sendable {
    case words(WordPattern)
    case runs(RunPattern)

    /// The end of the match that starts at `start`, or `start` if there is none. Nothing from `end` on is looked at.
    func matchEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        switch self {
        case .words(let pattern): pattern.matchEnd(in: text, from: start, to: end)
        case .runs(let pattern): pattern.matchEnd(in: text, from: start, to: end)
        }
    }
}

/// A run of scalars of one set, such as ` ?\p{L}+` or `[0-9]{3}`.
struct RunPattern: Sendable {
    var set: ScalarSet
    /// At least so many.
    var atLeast = 1
    var atMost = Int.max
    /// One of these may go before.
    var prefix: ScalarSet?

    func matchEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        if let prefix, prefix.contains(text, start) {
            let runEnd = runEnd(in: text, from: start + 1, to: end)
            if runEnd > start + 1 { return runEnd }
        }
        return runEnd(in: text, from: start, to: end)
    }

    private func runEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end, position - start < atMost, set.contains(text, position) { position += 1 }
        return position - start >= atLeast ? position : start
    }
}

/// Scalars by their classes and by their numbers.
struct ScalarSet: Sendable {
    var classes: ScalarClasses = []
    var scalars: [ClosedRange<UInt32>] = []
    /// Scalars of these classes do not count as listed by number.
    var excluded: ScalarClasses = []
    var isInverted = false

    func contains(_ text: ScalarText, _ index: Int) -> Bool {
        let isListed =
            !classes.isDisjoint(with: text.classes[index])
            || excluded.isDisjoint(with: text.classes[index]) && scalars.contains { $0.contains(text.scalars[index]) }
        return isListed != isInverted
    }
}
