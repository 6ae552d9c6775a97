import Commands
import Logging
import Testing

@Suite("The log")
struct PrintableLogHandlerTests {
    /// Keeps what it is told.
    private final class Lines: TextOutputStream, @unchecked Sendable {
        var text = ""
        func write(_ string: String) { text += string }
    }

    @Test("a record is a line that cannot steer a terminal, whatever it tells of")
    func record() {
        let lines = Lines()
        var logger = Logger(label: "test") { label in
            PrintableLogHandler(StreamLogHandler(label: label, stream: lines, metadataProvider: nil))
        }
        logger[metadataKey: "always"] = "\u{9B}1m"
        logger.error(
            "failed: \u{1B}[2J\nsecond", metadata: ["path": "a\u{7}b", "list": ["x\r\ny"], "map": ["k": "\u{202E}"]])
        #expect(lines.text.contains("failed: \u{FFFD}[2J second"))
        #expect(lines.text.contains("path=a\u{FFFD}b"))
        #expect(lines.text.contains("always=\u{FFFD}1m"))
        #expect(lines.text.filter { $0.isNewline }.count == 1)
        #expect(!lines.text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{202E}" })
    }
}
