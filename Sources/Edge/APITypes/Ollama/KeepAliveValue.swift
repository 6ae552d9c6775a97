import JSON

extension WireFields {
    /// Seconds as a number, or a duration in Go's notation; negative spans mean forever.
    package func keepAlive(_ key: String) throws(WireError) -> GoDuration? {
        guard let value = value(key) else { return nil }
        let duration: GoDuration
        switch value {
        case .integer(let seconds): duration = GoDuration(seconds: Double(seconds))
        case .number(let seconds): duration = GoDuration(seconds: seconds)
        case .string(let text): duration = try GoDuration(parsing: text)
        case .bool, .null: throw .invalid("Unsupported type: 'bool'")
        case .array: throw .invalid("Unsupported type: '[]interface {}'")
        case .object: throw .invalid("Unsupported type: 'map[string]interface {}'")
        }
        return duration.nanoseconds < 0 ? .longest : duration
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
