/// One pass over a text: finds matches, and leaves what lies between them as pieces of their own.
enum PreTokenizerStage: Sendable {
    case words(WordPattern)
    case runs(RunPattern)
    /// The first of these that matches.
    case anyRun([RunPattern])
    /// Something between two texts, such as `<sentinel:12>`.
    case enclosed(prefix: [UInt32], RunPattern, suffix: [UInt32])
    /// `[^\n]+|[\n]+`
    case lines
    /// `\s+$`
    case whiteSpaceAtEnd
    /// Groups of three numbers, counted from the right. As in llama.cpp, what goes before a number keeps its first group.
    case numberGroups
    /// Cuts before each group of three digits, counted from the right: `(?=(\d{3})+(?!\d))`
    case digitGroups
    /// White space without line ends in pieces of 512, 256, … 2 and 1.
    case halvedWhiteSpace
    /// Each `▁` begins a word.
    case spaceMarks
    /// `\S+`; what lies between is left out.
    case notWhiteSpace

    /// Calls `emit` with pieces of `range`, in order, some of which may be empty.
    func split(_ text: ScalarText, _ range: Range<Int>, _ emit: (Range<Int>) -> Void) {
        switch self {
        case .words, .runs, .anyRun, .enclosed: splitMatches(text, range, emit)
        case .lines: splitLines(text, range, emit)
        case .whiteSpaceAtEnd:
            let end = range.last { text.classes[$0] != .whiteSpace }.map { $0 + 1 } ?? range.lowerBound
            emit(range.lowerBound..<end)
            emit(end..<range.upperBound)
        case .numberGroups, .digitGroups: splitGroups(text, range, emit)
        case .notWhiteSpace:
            for word in range.split(whereSeparator: { text.classes[$0] == .whiteSpace }) {
                emit(word.startIndex..<word.endIndex)
            }
        case .halvedWhiteSpace: splitWhiteSpace(text, range, emit)
        case .spaceMarks:
            var start = range.lowerBound
            for position in range.dropFirst() where text.scalars[position] == SpaceMark.scalar {
                emit(start..<position)
                start = position
            }
            emit(start..<range.upperBound)
        }
    }

    private func splitMatches(_ text: ScalarText, _ range: Range<Int>, _ emit: (Range<Int>) -> Void) {
        var gapStart = range.lowerBound
        var position = range.lowerBound
        while position < range.upperBound {
            let end = matchEnd(in: text, from: position, to: range.upperBound)
            guard end > position else {
                position += 1
                continue
            }
            emit(gapStart..<position)
            emit(position..<end)
            position = end
            gapStart = end
        }
        emit(gapStart..<range.upperBound)
    }

    /// The end of the match that starts at `start`, or `start` if there is none. Nothing from `end` on is looked at.
    private func matchEnd(in text: ScalarText, from start: Int, to end: Int) -> Int {
        switch self {
        case .words(let pattern): return pattern.matchEnd(in: text, from: start, to: end)
        case .runs(let pattern): return pattern.matchEnd(in: text, from: start, to: end)
        case .anyRun(let patterns):
            for pattern in patterns {
                let match = pattern.matchEnd(in: text, from: start, to: end)
                if match > start { return match }
            }
            return start
        case .enclosed(let prefix, let pattern, let suffix):
            guard text.has(prefix, at: start, before: end) else { return start }
            let run = start + prefix.count
            let runEnd = pattern.matchEnd(in: text, from: run, to: end)
            return runEnd > run && text.has(suffix, at: runEnd, before: end) ? runEnd + suffix.count : start
        default: return start
        }
    }

    private func splitLines(_ text: ScalarText, _ range: Range<Int>, _ emit: (Range<Int>) -> Void) {
        var start = range.lowerBound
        for position in range.dropFirst()
        where (text.scalars[position] == 0x0A) != (text.scalars[position - 1] == 0x0A) {
            emit(start..<position)
            start = position
        }
        emit(start..<range.upperBound)
    }

    private func splitGroups(_ text: ScalarText, _ range: Range<Int>, _ emit: (Range<Int>) -> Void) {
        var isDigits = false
        if case .digitGroups = self { isDigits = true }
        func isCounted(_ position: Int) -> Bool {
            isDigits ? (0x30...0x39).contains(text.scalars[position]) : text.classes[position] == .number
        }
        var start = range.lowerBound
        var position = range.lowerBound
        while position < range.upperBound {
            guard isCounted(position) else {
                position += 1
                continue
            }
            let runStart = position
            while position < range.upperBound, isCounted(position) { position += 1 }
            var cut = runStart + (position - runStart) % 3
            if cut == runStart, !isDigits { cut += 3 }
            while isDigits ? cut < position : cut <= position {
                emit(start..<cut)
                start = cut
                cut += 3
            }
        }
        emit(start..<range.upperBound)
    }

    private func splitWhiteSpace(_ text: ScalarText, _ range: Range<Int>, _ emit: (Range<Int>) -> Void) {
        guard range.allSatisfy({ text.classes[$0] == .whiteSpace && !WordPattern.isLineEnd(text.scalars[$0]) })
        else { return emit(range) }
        var start = range.lowerBound
        for length in [512, 256, 128, 64, 32, 16, 8, 4, 2, 1] {
            while range.upperBound - start >= length {
                emit(start..<start + length)
                start += length
            }
        }
    }
}

extension ScalarText {
    /// Whether `scalars` stand at `start` and end before `end`.
    fileprivate func has(_ wanted: [UInt32], at start: Int, before end: Int) -> Bool {
        end - start >= wanted.count && scalars[start..<start + wanted.count].elementsEqual(wanted)
    }
}
