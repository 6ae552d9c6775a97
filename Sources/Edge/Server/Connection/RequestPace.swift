import HTTPTypes
package import NIOCore

/// How fast a request arrives. Time counts only while the server is ready to read: a slow disk is not the client's fault.
package struct RequestPace: Sendable {
    private enum Phase {
        case betweenRequests
        case header
        /// - Parameter bytes: of this period.
        case body(bytes: Int)
        case refused
    }

    private let limits: ConnectionLimits
    private var phase = Phase.betweenRequests
    /// Of the header, or of the period of the body.
    private var waited: TimeAmount = .zero
    private var waitingSince: NIODeadline?

    package init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Bytes came that complete nothing yet.
    package mutating func partArrives(at now: NIODeadline) {
        if case .betweenRequests = phase { begin(.header, at: now) }
    }

    package mutating func headerEnds(at now: NIODeadline) {
        begin(.body(bytes: 0), at: now)
    }

    package mutating func bodyArrives(_ count: Int) {
        if case .body(let bytes) = phase { phase = .body(bytes: bytes + count) }
    }

    package mutating func requestEnds(at now: NIODeadline) {
        begin(.betweenRequests, at: now)
    }

    /// Whether the server is ready for more.
    package mutating func reads(_ isReading: Bool, at now: NIODeadline) {
        if let since = waitingSince { waited = waited + (now - since) }
        waitingSince = isReading ? now : nil
    }

    /// When to ask again; nil where nothing is waited for.
    package var deadline: NIODeadline? {
        guard let limit, let waitingSince else { return nil }
        return waitingSince + (limit - waited)
    }

    /// Why the client is to wait no longer; nil where it keeps the pace.
    package mutating func refusal(at now: NIODeadline) -> APIFailure? {
        guard let limit, let deadline, deadline <= now else { return nil }
        if case .body(let bytes) = phase, bytes >= limits.bodyShare {
            begin(.body(bytes: 0), at: now)
            return nil
        }
        defer { phase = .refused }
        let seconds = "\(Double(limit.nanoseconds) / 1e9) s"
        if case .header = phase {
            return APIFailure(.requestTimeout, "the request's header did not arrive within \(seconds)")
        }
        return APIFailure(
            .requestTimeout,
            "the request's body comes too slowly: fewer than \(limits.bodyShare) bytes arrived in \(seconds)")
    }

    private var limit: TimeAmount? {
        switch phase {
        case .betweenRequests, .refused: nil
        case .header: limits.header
        case .body: limits.bodyPeriod
        }
    }

    private mutating func begin(_ phase: Phase, at now: NIODeadline) {
        self.phase = phase
        waited = .zero
        if waitingSince != nil { waitingSince = now }
    }
}
