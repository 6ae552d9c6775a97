/// What a Unicode scalar is, as far as tokenizers ask: one of these, or none where it is unassigned.
struct ScalarClasses: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let letter = Self(rawValue: 1)
    static let number = Self(rawValue: 2)
    static let mark = Self(rawValue: 4)
    static let punctuation = Self(rawValue: 8)
    static let symbol = Self(rawValue: 16)
    static let whiteSpace = Self(rawValue: 32)
    /// Control and format characters, surrogates and private characters.
    static let control = Self(rawValue: 64)
    /// A Chinese character, where it is not counted among the letters. The table does not have it.
    static let han = Self(rawValue: 128)

    static let lettersAndMarks: Self = [.letter, .mark]
}

/// The classes of all scalars in two steps: a page for each 256 scalars, equal pages shared.
struct ScalarClassTable: Sendable {
    static let shared = ScalarClassTable()

    private var pageOf: [UInt16] = []
    private var pages: [ScalarClasses] = []

    private init() {
        var known: [[ScalarClasses]: UInt16] = [:]
        var page: [ScalarClasses] = []
        for (index, run) in scalarClassRuns.enumerated() {
            let next = index + 1 < scalarClassRuns.count ? scalarClassRuns[index + 1] >> 8 : 0x110000
            let classes = ScalarClasses(rawValue: UInt8(truncatingIfNeeded: run))
            var rest = Int(next - run >> 8)
            while rest > 0 {
                let count = min(rest, 256 - page.count)
                page.append(contentsOf: repeatElement(classes, count: count))
                rest -= count
                guard page.count == 256 else { continue }
                let number = known[page] ?? UInt16(known.count)
                if known.updateValue(number, forKey: page) == nil { pages += page }
                pageOf.append(number)
                page.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Calls `body` with a function that tells the classes of scalars up to U+10FFFF.
    func withLookup(_ body: ((UInt32) -> ScalarClasses) -> Void) {
        pageOf.withUnsafeBufferPointer { pageOf in
            pages.withUnsafeBufferPointer { pages in
                body { pages[Int(pageOf[Int($0 >> 8)]) << 8 | Int($0 & 0xFF)] }
            }
        }
    }
}
