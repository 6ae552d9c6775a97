import HTTPTypes

/// What a failed request is told of being sent again.
package enum RetryAdvice: Hashable, Sendable {
    /// Seconds.
    case after(Int)
    /// Clients that send some statuses again by themselves are asked not to.
    case never

    func write(to headers: inout HTTPFields) {
        switch self {
        case .after(let seconds): headers[.retryAfter] = "\(seconds)"
        case .never: headers[named: "X-Should-Retry"] = "false"
        }
    }
}
