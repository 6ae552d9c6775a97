/// A bar such as `pulling 6a0746a1ec1a:  45% ▕████      ▏ 1.2 GB/2.0 GB   25 MB/s    31s`.
package struct ProgressBar: Sendable {
    package let label: String
    package private(set) var completed = 0
    package private(set) var total: Int
    /// Bytes at the last ten full seconds, for the rate.
    private var samples: [(second: Int, bytes: Int)] = []

    package init(label: String, total: Int) {
        self.label = label
        self.total = total
    }

    package var isComplete: Bool { total > 0 && completed >= total }

    /// - Parameter seconds: since any fixed moment.
    package mutating func update(completed: Int, total: Int, at seconds: Double) {
        self.completed = completed
        self.total = total
        let second = Int(held: seconds)
        if samples.last?.second != second {
            samples.append((second, completed))
            if samples.count > 10 { samples.removeFirst() }
        }
    }

    /// Bytes a second over the last ten seconds; nil until two samples are known.
    package var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.second > first.second else { return nil }
        return (Double(last.bytes) - Double(first.bytes)) / Double(last.second - first.second)
    }

    package var percent: Int { total > 0 ? Int(min(max(0, Double(completed) * 100 / Double(total)), 100)) : 0 }

    package func line(width: Int) -> String {
        let counts =
            isComplete ? ByteCount(total).description : "\(ByteCount(completed))/\(ByteCount(total))"
        var suffix = " " + counts
        if !isComplete, let rate, rate > 0 {
            suffix +=
                "  \(ByteCount(Int(min(rate, 1e18))))/s  \(Self.remaining((Double(total) - Double(completed)) / rate))"
        }
        let percentText = String(repeating: " ", count: 3 - String(percent).count) + "\(percent)%"
        let prefix = "\(label): \(percentText) "
        let room = width - prefix.displayWidth - suffix.displayWidth - 3
        guard room >= 5 else { return prefix + suffix }
        let filled = room * percent / 100
        return prefix + "▕" + String(repeating: "█", count: filled) + String(repeating: " ", count: room - filled) + "▏"
            + suffix
    }

    private static func remaining(_ seconds: Double) -> String {
        guard seconds < 100 * 3600 else { return "99h+" }
        let whole = Int(held: seconds)
        if whole >= 3600 { return "\(whole / 3600)h\(whole % 3600 / 60)m" }
        return whole >= 60 ? "\(whole / 60)m\(whole % 60)s" : "\(whole)s"
    }
}
