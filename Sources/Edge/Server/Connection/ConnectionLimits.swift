package import NIOCore

/// How long a client may take to say what it wants.
package struct ConnectionLimits: Hashable, Sendable {
    /// Without a request, and between the parts of one.
    package var idle: TimeAmount = .seconds(120)
    /// From a header's first byte to its last.
    package var header: TimeAmount = .seconds(30)
    /// A body brings `bodyRate` in each period of this length that the server waits for it.
    package var bodyPeriod: TimeAmount = .seconds(30)
    /// Bytes in a second.
    package var bodyRate = 1024
    /// All of a body, at whatever rate; uploads of blobs have no such limit.
    package var body: TimeAmount = .seconds(600)
    /// Left to a client to take its last answer, and to stop sending, before the connection is cut.
    package var parting: TimeAmount = .seconds(5)

    /// The least number of bytes in a period.
    package var bodyShare: Int {
        let (bytes, overflows) = bodyRate.multipliedReportingOverflow(
            by: Int(clamping: bodyPeriod.nanoseconds / 1_000_000))
        return overflows ? .max : bytes / 1000
    }

    package init() {}
}
