import JSON
import Server

extension ProcessMemory {
    /// The peak of resident memory, and what is not backed by a file now; in bytes.
    static var json: JSONValue {
        guard let peak = peakBytes, let anonymous = anonymousBytes else { return .null }
        return .object(["peak": .integer(peak), "anonymous": .integer(anonymous)])
    }
}
