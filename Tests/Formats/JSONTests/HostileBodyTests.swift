import JSON
import TestSupport
import Testing

@Suite("Hostile JSON is refused by what it takes")
struct HostileBodyTests {
    struct Body: Sendable, CustomTestStringConvertible {
        let name: String
        let outcome: String
        private let start, unit, end: String
        private let count: Int

        var testDescription: String { name }

        init(_ json: JSONValue) {
            func text(_ key: String) -> String { json[key]?.stringValue ?? "" }
            (name, outcome, start, unit, end) = (
                text("name"), text("outcome"), text("start"), text("unit"), text("end")
            )
            count = json["count"]?.intValue ?? 0
        }

        /// A hundredth of the body.
        var bytes: [UInt8] { Array((start + String(repeating: unit, count: count / 100) + end).utf8) }
    }

    static let all: [Body] = {
        let bytes = try? [UInt8](Vectors.data("hostile/bodies.json"))
        return (try? JSONParser.parse(bytes ?? []))?.arrayValue?.map(Body.init) ?? []
    }()

    @Test("there are twenty of them")
    func count() { #expect(Self.all.count >= 20) }

    @Test("each has its end", arguments: all)
    func outcome(body: Body) {
        let options = JSONParser.Options(replacesInvalidUTF8: true, memoryAllowance: 1 << 19)
        do throws(JSONError) {
            _ = try JSONParser.parsePrefix(of: body.bytes, options: options)
            #expect(body.outcome == "parsed")
        } catch {
            let outcome =
                switch error {
                case .tooLarge: "tooLarge"
                case .numberOutOfRange: "outOfRange"
                case .tooDeep: "tooDeep"
                case .truncatedStream: "cut"
                default: "\(error)"
                }
            #expect(outcome == body.outcome)
            #expect(error.description.utf8.count < 300)
        }
    }

    @Test("what a conversation needs is there: 50 000 messages, a long text, many numbers")
    func ordinary() throws {
        let message = #"{"role":"user","content":"Tell me more about it."},"#
        let messages = try JSONParser.parse("[\(String(repeating: message, count: 50_000))0]")
        #expect(messages.arrayValue?.count == 50_001)
        let text = String(repeating: #"long \"text\" "#, count: 1_000_000)
        #expect(try JSONParser.parse("\"\(text)\"").stringValue?.utf8.count == 12_000_000)
        let context = try JSONParser.parse("[\(String(repeating: "151644,", count: 200_000))1]")
        #expect(context.arrayValue?.count == 200_001)
    }
}
