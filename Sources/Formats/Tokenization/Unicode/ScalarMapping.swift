/// Scalars that become others.
struct ScalarMapping: Sendable {
    /// A letter becomes small, by Unicode's simple mapping.
    static let lowercase = ScalarMapping(lowercaseRuns, syllables: false)
    /// A scalar becomes the first of its canonical decomposition: a letter loses its accents, and a Hangul syllable
    /// all but its first sound.
    static let base = ScalarMapping(baseRuns, syllables: true)

    /// Scalars that are `step` apart, and so are, by `targetStep`, those that they become.
    private struct Run {
        let first: UInt32
        let last: UInt32
        let step: UInt32
        let target: UInt32
        let targetStep: UInt32
    }

    private let runs: [Run]

    /// Hangul syllables become their first sound: 588 follow each other for each of them.
    private let mapsSyllables: Bool

    private init(_ numbers: [UInt32], syllables: Bool) {
        mapsSyllables = syllables
        runs = stride(from: 0, to: numbers.count, by: 3).map { index in
            let (first, shape) = (numbers[index], numbers[index + 1])
            return Run(
                first: first, last: first + shape >> 8, step: shape >> 4 & 0xF, target: numbers[index + 2],
                targetStep: shape & 0xF)
        }
    }

    /// What `scalar` becomes: itself where nothing is said about it.
    func callAsFunction(_ scalar: UInt32) -> UInt32 {
        guard let first = runs.first?.first, scalar >= first else { return scalar }
        if mapsSyllables, (0xAC00...0xD7A3).contains(scalar) { return 0x1100 + (scalar - 0xAC00) / 588 }
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].last < scalar { low = middle + 1 } else { high = middle }
        }
        guard low < runs.count, runs[low].first <= scalar else { return scalar }
        let run = runs[low]
        let distance = scalar - run.first
        guard distance % run.step == 0 else { return scalar }
        return run.target + distance / run.step * run.targetStep
    }
}
