/// Ends a text at the first of its stop strings. What may be the beginning of one is held back, so that no part of a
/// stop string is ever shown.
package struct StopSequenceFilter: Sendable {
    private let scanner: TagScanner
    private var pending: [UInt8] = []
    /// The stop string that ended the text.
    package private(set) var found: String?
    /// A stop string was found: the text is over.
    package var isStopped: Bool { found != nil }

    package init(_ stops: [String]) {
        scanner = TagScanner(stops)
    }

    /// Returns the text that may be shown now; empty once stopped.
    package mutating func push(_ text: String) -> String {
        guard !isStopped else { return "" }
        pending += text.utf8
        if let match = scanner.firstMatch(in: pending) {
            found = pending[match].text
            defer { pending = [] }
            return pending[..<match.lowerBound].text
        }
        let held = scanner.partialMatchLength(in: pending)
        defer { pending.removeFirst(pending.count - held) }
        return pending.dropLast(held).text
    }

    /// The text that was held back, where the text ends without a stop string.
    package mutating func finish() -> String {
        defer { pending = [] }
        return pending.text
    }
}
