/// What became of a byte that was given to a reader of calls.
enum CallProgress {
    /// It belongs to the calls.
    case more
    /// What was read since the last call, with this byte, is text; calls may follow.
    case rejected
    /// The calls end with this byte.
    case done
    /// The calls end with this byte, and what was read since the last one is text.
    case doneAsText
    /// The calls ended before this byte. What was read since the last one is text.
    case doneBefore
}

/// Reads the calls behind an opening mark, byte by byte.
protocol CallReader: Sendable {
    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress
    /// No more bytes come. Returns whether all is well: nothing but the end of the calls may be missing.
    mutating func finish(_ sink: inout PartSink) -> Bool
}

/// Where calls begin, and how they are read.
struct CallOpening: Sendable {
    let mark: String
    /// How many of the last bytes of the mark the reader has to see.
    var seen = 0
    /// Counts only where nothing but white space came before: as content it may be anything.
    var isLeading = false
    /// Other marks that the reader looks for.
    var marks: [String] = []
    let makeReader: @Sendable () -> any CallReader
}

/// One reader or another, by the first byte that is no white space.
struct EitherCallReader: CallReader {
    private let choose: @Sendable (UInt8) -> any CallReader
    /// What may come before the byte that tells, and belongs to what is read.
    private let prefix: Set<UInt8>
    private var pending: [UInt8] = []
    private var reader: (any CallReader)?

    init(lookingPast prefix: String = "", _ choose: @escaping @Sendable (UInt8) -> any CallReader) {
        self.choose = choose
        self.prefix = Set(prefix.utf8)
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        if reader != nil { return reader?.take(byte, &sink) ?? .doneBefore }
        if byte.isJSONSpace || (pending.isEmpty && prefix.contains(byte)) {
            if !byte.isJSONSpace { pending.append(byte) }
            return .more
        }
        reader = choose(byte)
        for byte in pending {
            guard case .more? = reader?.take(byte, &sink) else { return .doneBefore }
        }
        return reader?.take(byte, &sink) ?? .doneBefore
    }

    mutating func finish(_ sink: inout PartSink) -> Bool { reader?.finish(&sink) ?? false }
}

/// A place where one of some texts may stand, found by its first byte.
struct OptionalMark: Sendable {
    private let marks: [String]
    private let first: Set<UInt8>
    private var matcher: MarkMatcher?

    init(_ marks: [String]) {
        self.marks = marks
        first = Set(marks.compactMap(\.utf8.first))
    }

    /// A mark has begun.
    var isOpen: Bool { matcher != nil }

    /// Nil where no mark begins with the byte.
    mutating func take(_ byte: UInt8) -> MarkMatcher.Step? {
        guard isOpen || first.contains(byte) else { return nil }
        var current = matcher ?? MarkMatcher(marks)
        let step = current.take(byte)
        if case .more = step { matcher = current } else { matcher = nil }
        return step
    }
}
