import APITypes
import Testing

@Suite("Times, spans, addresses and base64")
struct WireValuesTests {
    @Test(
        "a moment is written as RFC 3339 with the digits it needs",
        arguments: [
            (Timestamp(seconds: 0), "1970-01-01T00:00:00Z"),
            (Timestamp(seconds: 951_782_400, nanoseconds: 123_000_000), "2000-02-29T00:00:00.123Z"),
            (Timestamp(seconds: 1_785_585_600, nanoseconds: 1), "2026-08-01T12:00:00.000000001Z"),
            (Timestamp(seconds: -1, nanoseconds: 0), "1969-12-31T23:59:59Z"),
            (.zero, "0001-01-01T00:00:00Z"),
            (Timestamp(seconds: 0, offsetSeconds: 7200), "1970-01-01T02:00:00+02:00"),
            (Timestamp(seconds: 0, offsetSeconds: -12_600), "1969-12-31T20:30:00-03:30"),
        ])
    func timestamps(timestamp: Timestamp, text: String) {
        #expect(timestamp.description == text)
        #expect(Timestamp(text) == timestamp)
    }

    @Test(
        "a moment beyond the years that can be written is held at their end",
        arguments: [
            (Double.infinity, "9999-12-31T23:59:59Z"), (9.3e18, "9999-12-31T23:59:59Z"), (1e12, "9999-12-31T23:59:59Z"),
            (-Double.infinity, "0001-01-01T00:00:00Z"), (-9.3e18, "0001-01-01T00:00:00Z"),
            (.nan, "1970-01-01T00:00:00Z"),
            (0.25, "1970-01-01T00:00:00.25Z"), (-0.25, "1969-12-31T23:59:59.75Z"),
        ])
    func farTimestamps(seconds: Double, text: String) {
        #expect(Timestamp(secondsSince1970: seconds).description == text)
    }

    @Test("the least and the greatest numbers are moments too", arguments: [Int.min, Int.max, 0])
    func hostileTimestamps(number: Int) {
        for offset in [Int.min, -86_399, 0, 86_399, Int.max] {
            let timestamp = Timestamp(seconds: number, nanoseconds: number, offsetSeconds: offset)
            #expect(Timestamp(timestamp.description) != nil)
            #expect(Timestamp(timestamp.local.description) != nil)
        }
    }

    @Test("what is no moment is refused", arguments: ["", "2026", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "x"])
    func badTimestamps(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(
        "spans read and print as in Go",
        arguments: [
            ("5m", 300_000_000_000, "5m0s"), ("1h30m", 5_400_000_000_000, "1h30m0s"), ("-1s", -1_000_000_000, "-1s"),
            ("0", 0, "0s"), ("1.5s", 1_500_000_000, "1.5s"), ("250ms", 250_000_000, "250ms"), ("3us", 3000, "3µs"),
            ("7ns", 7, "7ns"), (".5m", 30_000_000_000, "30s"),
        ])
    func durations(text: String, nanoseconds: Int, printed: String) throws {
        let duration = try GoDuration(parsing: text)
        #expect(duration.nanoseconds == nanoseconds)
        #expect(duration.description == printed)
    }

    @Test(
        "what is no span is refused in Go's words",
        arguments: [
            ("", #"time: invalid duration """#), ("s", #"time: invalid duration "s""#),
            ("1", #"time: missing unit in duration "1""#), ("1x", #"time: unknown unit "x" in duration "1x""#),
            ("99999999999h", #"time: invalid duration "99999999999h""#),
        ])
    func badDurations(text: String, message: String) throws {
        let error = try #require(throws: WireError.self) { try GoDuration(parsing: text) }
        #expect(error.description == message)
    }

    @Test("seconds beyond the range are held at its end")
    func longDurations() {
        #expect(GoDuration(seconds: 1e300) == .longest)
        #expect(GoDuration(seconds: -1e300).nanoseconds == .min)
        #expect(GoDuration(seconds: .nan).nanoseconds == 0)
    }

    @Test(
        "OLLAMA_HOST reads in all its forms",
        arguments: [
            ("", "http", "127.0.0.1", 11434), ("1.2.3.4", "http", "1.2.3.4", 11434), (":80", "http", "", 80),
            ("example.com:99", "http", "example.com", 99), ("[::1]", "http", "::1", 11434),
            ("[::1]:5", "http", "::1", 5), ("::1", "http", "::1", 11434), ("http://h", "http", "h", 80),
            ("https://h", "https", "h", 443), ("https://h:7/", "https", "h", 7), ("h:99999", "http", "h", 11434),
            ("h:x", "http", "h", 11434), ("ollama.com", "https", "ollama.com", 443),
            (" 0.0.0.0 ", "http", "0.0.0.0", 11434), ("\"127.0.0.1:80\"", "http", "127.0.0.1", 80),
            ("' :80 '", "http", "", 80), ("\"\"", "http", "127.0.0.1", 11434), ("HTTPS://h", "https", "h", 443),
            ("h:+5", "http", "h", 11434), ("h:-5", "http", "h", 11434), ("h:", "http", "h", 11434),
            ("[::1]:99999", "http", "::1", 11434), ("h:9223372036854775808", "http", "h", 11434),
        ])
    func addresses(text: String, scheme: String, host: String, port: Int) {
        let address = ServerAddress(parsing: text)
        #expect(address == ServerAddress(scheme: scheme, host: host, port: port))
        #expect(address.namesHost)
    }

    @Test("the path of an address stays as a prefix")
    func addressPath() {
        #expect(ServerAddress(parsing: "http://h:1/a/b/").description == "http://h:1/a/b")
        #expect(ServerAddress(parsing: "[::1]").description == "http://[::1]:11434")
        #expect(ServerAddress(parsing: ":8").description == "http://127.0.0.1:8")
        #expect(ServerAddress(parsing: "0.0.0.0").description == "http://127.0.0.1:11434")
        #expect(ServerAddress(parsing: "[::]:8").description == "http://[::1]:8")
    }

    @Test("base64 reads what it writes", arguments: 0..<9)
    func base64(length: Int) throws {
        let bytes = (0..<length).map { UInt8($0 * 31 & 255) }
        #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(
        "base64 that is none names the byte",
        arguments: [("A", 1), ("AB", 2), ("AB=", 3), ("A===", 1), ("AAAA=", 4), ("AB==C", 4), ("AB*=", 2)])
    func badBase64(text: String, position: Int) throws {
        let error = try #require(throws: WireError.self) { try Base64.decode(text) }
        #expect(error.description == "illegal base64 data at input byte \(position)")
    }

    @Test("line breaks in base64 are skipped")
    func wrappedBase64() throws {
        #expect(try Base64.decode("SGVs\r\nbG8=\n") == Array("Hello".utf8))
    }
}
