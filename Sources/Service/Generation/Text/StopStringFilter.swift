/// Ends a text at the first of some strings, and holds back what may be the beginning of one.
package struct StopStringFilter: Sendable {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []
    package private(set) var isStopped = false

    package init(_ stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    /// The text that is certain not to belong to a stop string; nothing once one was found.
    package mutating func push(_ text: String) -> String {
        guard !isStopped else { return "" }
        guard !stops.isEmpty else { return text }
        held += text.utf8
        let end = stops.compactMap { Self.position(of: $0, in: held) }.min()
        if let end {
            isStopped = true
            defer { held = [] }
            return String(decoding: held[..<end], as: UTF8.self)
        }
        let certain = held.count - (stops.map { Self.beginningLength(of: $0, atEndOf: held) }.max() ?? 0)
        defer { held.removeFirst(certain) }
        return String(decoding: held[..<certain], as: UTF8.self)
    }

    /// What was held back, now that no more text comes.
    package mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    private static func position(of stop: [UInt8], in text: [UInt8]) -> Int? {
        guard text.count >= stop.count else { return nil }
        return (0...text.count - stop.count).first { text[$0...].starts(with: stop) }
    }

    /// How many bytes at the end of `text` are a beginning of `stop`.
    private static func beginningLength(of stop: [UInt8], atEndOf text: [UInt8]) -> Int {
        let most = min(stop.count - 1, text.count)
        return (0...max(most, 0)).last { text.suffix($0).elementsEqual(stop.prefix($0)) } ?? 0
    }
}
