/// Finds marks in text that comes byte by byte. What may be the beginning of a mark is held back.
struct MarkScanner: Sendable {
    enum Step {
        /// The byte is text, and nothing is held back.
        case pass
        case hold
        /// Bytes that turned out to be text; the byte is among them or held back.
        case release([UInt8])
        /// A mark is complete, and what came before it is text.
        case match(Int, before: [UInt8])
    }

    let marks: [[UInt8]]
    /// For every byte whether a mark begins with it.
    private let begins: [Bool]
    private(set) var held: [UInt8] = []

    /// Of marks that are complete with the same byte the longest counts.
    init(_ marks: [String]) {
        self.marks = marks.map { Array($0.utf8) }
        var begins = [Bool](repeating: false, count: 256)
        for first in self.marks.compactMap(\.first) { begins[Int(first)] = true }
        self.begins = begins
    }

    mutating func take(_ byte: UInt8) -> Step {
        if held.isEmpty, !begins[Int(byte)] { return .pass }
        held.append(byte)
        for start in held.indices where begins[Int(held[start])] {
            let tail = held[start...]
            guard let index = marks.firstIndex(where: { tail.elementsEqual($0) }) else { continue }
            let before = Array(held[..<start])
            held = []
            return .match(index, before: before)
        }
        let start = held.indices.first { start in
            begins[Int(held[start])] && marks.contains { $0.starts(with: held[start...]) }
        }
        guard start != 0 else { return .hold }
        let count = start ?? held.count
        let text = Array(held[..<count])
        held.removeFirst(count)
        return .release(text)
    }

    /// Gives up what was held back.
    mutating func drain() -> [UInt8] {
        defer { held = [] }
        return held
    }
}

/// Compares bytes as they come with texts of which one must stand here. No text may be the beginning of another.
struct MarkMatcher: Sendable {
    enum Step {
        case more
        case matched(Int)
        case failed
    }

    private let marks: [[UInt8]]
    private var seen: [UInt8] = []

    init(_ marks: [String]) {
        self.marks = marks.map { Array($0.utf8) }
    }

    mutating func take(_ byte: UInt8) -> Step {
        seen.append(byte)
        if let index = marks.firstIndex(of: seen) { return .matched(index) }
        return marks.contains { $0.starts(with: seen) } ? .more : .failed
    }
}
