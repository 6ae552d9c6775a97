import HTTPTypes
package import NIOCore

/// How fast a request arrives. Time counts only while the server is ready to read: a slow disk is not the client's fault.
package struct RequestPace: Sendable {
    private enum Phase {
        case betweenRequests
        case header
        /// - Parameters:
        ///   - bytes: of this period.
        ///   - left: for the rest of the body; nil where it may take as long as it needs.
        case body(bytes: Int, left: TimeAmount?)
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

    /// - Parameter isUpload: the body is a file, which may take as long as it needs.
    package mutating func headerEnds(isUpload: Bool, at now: NIODeadline) {
        begin(.body(bytes: 0, left: isUpload ? nil : limits.body), at: now)
    }

    package mutating func bodyArrives(_ count: Int) {
        if case .body(let bytes, let left) = phase { phase = .body(bytes: bytes + count, left: left) }
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
        guard case .body(let bytes, let left) = phase else {
            phase = .refused
            return late("header", limit)
        }
        let rest = left.map { $0 - limit }
        if let rest, rest <= .zero {
            phase = .refused
            return late("body", limits.body)
        }
        if bytes >= limits.bodyShare {
            begin(.body(bytes: 0, left: rest), at: now)
            return nil
        }
        phase = .refused
        return APIFailure(
            .requestTimeout,
            "the request's body comes too slowly: fewer than \(limits.bodyShare) bytes arrived in \(seconds(limit))")
    }

    private func late(_ part: String, _ limit: TimeAmount) -> APIFailure {
        APIFailure(.requestTimeout, "the request's \(part) did not arrive within \(seconds(limit))")
    }

    private func seconds(_ amount: TimeAmount) -> String { "\(Double(amount.nanoseconds) / 1e9) s" }

    private var limit: TimeAmount? {
        switch phase {
        case .betweenRequests, .refused: nil
        case .header: limits.header
        case .body(_, let left): left.map { min($0, limits.bodyPeriod) } ?? limits.bodyPeriod
        }
    }

    private mutating func begin(_ phase: Phase, at now: NIODeadline) {
        self.phase = phase
        waited = .zero
        if waitingSince != nil { waitingSince = now }
    }
}
