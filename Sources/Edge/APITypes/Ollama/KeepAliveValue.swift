import JSON

extension GoDuration {
    /// Reads how long a model is kept: a number of seconds, also with a fraction, or a duration in Go's notation. Negative
    /// spans mean forever.
    package init(keepAlive text: String) throws(WireError) {
        if !text.contains(where: \.isLetter), let seconds = Double(text), seconds.isFinite {
            self.init(keepAliveSeconds: seconds)
        } else {
            let duration = try GoDuration(parsing: text)
            self = duration.nanoseconds < 0 ? .longest : duration
        }
    }

    fileprivate init(keepAliveSeconds seconds: Double) {
        self = seconds < 0 ? .longest : GoDuration(seconds: seconds)
    }
}

extension WireFields {
    /// A number of seconds, as a number or as text, or a duration in Go's notation; negative spans mean forever.
    package func keepAlive(_ key: String) throws(WireError) -> GoDuration? {
        let problem: String
        switch given(key) {
        case nil: return nil
        case .integer(let seconds)?: return GoDuration(keepAliveSeconds: Double(seconds))
        case .number(let seconds)?: return GoDuration(keepAliveSeconds: seconds)
        case .string(let text)?:
            do throws(WireError) {
                return try GoDuration(keepAlive: text)
            } catch {
                problem = error.description
            }
        case .bool?, .null?: problem = "Unsupported type: 'bool'"
        case .array?: problem = "Unsupported type: '[]interface {}'"
        case .object?: problem = "Unsupported type: 'map[string]interface {}'"
        }
        throw .invalid("\(problem); \(key) is a number of seconds or a duration like \"5m\"")
    }
}

extension WireObject {
    /// `-1` where the span means forever.
    package mutating func setKeepAlive(_ duration: GoDuration?) {
        guard let duration else { return }
        if duration == .longest || duration.nanoseconds < 0 {
            set("keep_alive", -1)
        } else {
            set("keep_alive", duration.description)
        }
    }
}
