/// A distance in time as Ollama prints it: `2 days ago`, `4 minutes from now`.
package enum RelativeTime {
    private static let year = 365 * 24 * 3600

    /// - Parameter seconds: positive in the future.
    package static func describe(secondsFromNow seconds: Double) -> String {
        if seconds > 20 * Double(year) { return "Forever" }
        return magnitude(abs(seconds)) + (seconds < 0 ? " ago" : " from now")
    }

    private static func magnitude(_ seconds: Double) -> String {
        let whole = Int(held: seconds)
        let minutes = whole / 60
        let hours = Int(held: (seconds / 3600).rounded())
        let days = hours / 24
        switch true {
        case whole < 1: return "Less than a second"
        case whole == 1: return "1 second"
        case whole < 60: return "\(whole) seconds"
        case minutes == 1: return "About a minute"
        case minutes < 60: return "\(minutes) minutes"
        case hours == 1: return "About an hour"
        case hours < 48: return "\(hours) hours"
        case days < 14: return "\(days) days"
        case days < 60: return "\(days / 7) weeks"
        case days < 2 * 365: return "\(days / 30) months"
        default: return "\(days / 365) years"
        }
    }
}
