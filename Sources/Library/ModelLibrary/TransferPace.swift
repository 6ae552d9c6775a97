/// Whether bytes come fast enough to wait for more. A value without a clock: it is told what came, and after how long.
package struct TransferPace: Hashable, Sendable {
    package struct TooSlow: Error, Hashable, Sendable {
        package let reason: String
    }
    /// In each `window` of waiting at least `minimum` bytes are to come.
    private let minimum: Int
    private let window: Duration
    /// How long all of it may take.
    private let total: Duration?

    private var bytesInWindow = 0
    private var waitedInWindow = Duration.zero
    private var waited = Duration.zero

    package init(minimum: Int, per window: Duration) {
        self.minimum = minimum
        self.window = window
        total = nil
    }

    /// Everything within `total`.
    package init(total: Duration) {
        minimum = 0
        window = total
        self.total = total
    }

    /// - Parameters:
    ///   - bytes: what came.
    ///   - time: how long it was waited for; time that the receiver itself took does not count.
    package mutating func add(bytes: Int, after time: Duration) throws(TooSlow) {
        waited += time
        waitedInWindow += time
        bytesInWindow += bytes
        if let total, waited > total { throw TooSlow(reason: "not all came within \(Self.text(of: total))") }
        guard waitedInWindow >= window else { return }
        guard bytesInWindow >= minimum else {
            throw TooSlow(reason: "less than \(minimum) bytes came in \(Self.text(of: window))")
        }
        restart()
    }

    /// Something other than bytes shows that there is progress.
    package mutating func restart() {
        bytesInWindow = 0
        waitedInWindow = .zero
    }

    private static func text(of duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        return "\(seconds == seconds.rounded() ? "\(duration.components.seconds)" : "\(seconds)") seconds"
    }
}

extension TransferPace.TooSlow: CustomStringConvertible {
    package var description: String { reason }
}
