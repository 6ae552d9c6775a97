import JSON
import Testing

@Suite("The JSON writer")
struct JSONWriterTests {
    let sample: JSONValue = ["b": [1, 2.5, nil], "a": ["ü<\u{2028}\"\\\n\u{1}": true], "e": [], "o": [:]]

    @Test("writes compactly")
    func writesCompactly() {
        #expect(
            JSONWriter().text(of: sample)
                == #"{"b":[1,2.5,null],"a":{"ü<"# + "\u{2028}" + #"\"\\\n\u0001":true},"e":[],"o":{}}"#)
    }

    @Test("escapes HTML as Go does")
    func writesAsGo() {
        #expect(
            JSONWriter(.go).text(of: "<a> & \u{2028}\u{2029}é😀\u{7F}\u{8}") == #""\u003ca\u003e \u0026 \u2028\u2029é😀"#
                + "\u{7F}" + #"\b""#)
        #expect(JSONWriter(.go).text(of: "\u{2027}\u{202A}") == "\"\u{2027}\u{202A}\"")
    }

    @Test("writes as Python's json.dumps")
    func writesAsPython() {
        #expect(
            JSONWriter(.python()).text(of: sample)
                == #"{"b": [1, 2.5, null], "a": {"\u00fc<\u2028\"\\\n\u0001": true}, "e": [], "o": {}}"#)
        #expect(JSONWriter(.python()).text(of: "😀\u{7F}") == #""\ud83d\ude00\u007f""#)
        #expect(JSONWriter(.python(ensureASCII: false)).text(of: "😀\u{7F}") == "\"😀\u{7F}\"")
        #expect(
            JSONWriter(.python(sortsKeys: true)).text(of: ["b": 1, "a": 2, "B": 3]) == #"{"B": 3, "a": 2, "b": 1}"#)
        #expect(
            JSONWriter(.python(indent: "  ")).text(of: ["a": [1, 2], "b": [], "c": [:]])
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": [],\n  \"c\": {}\n}")
    }

    @Test("indents when asked")
    func writesPretty() {
        #expect(JSONWriter(.pretty()).text(of: ["a": [1]]) == "{\n    \"a\": [\n        1\n    ]\n}")
    }

    @Test(
        "spells numbers as Go",
        arguments: [
            (1.0, "1"), (-0.0, "-0"), (0.1, "0.1"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"), (1.5e-10, "1.5e-10"), (123456789.125, "123456789.125"), (1e100, "1e+100"),
            (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (1e16, "10000000000000000"),
        ])
    func spellsNumbersAsGo(number: Double, expected: String) {
        #expect(JSONWriter(.go).text(of: .number(number)) == expected)
    }

    @Test(
        "spells numbers of 32 bits as Go",
        arguments: [
            (Float(0.1), "0.1"), (1e-7, "1e-7"), (16777216, "16777216"), (3.4028235e38, "3.4028235e+38"),
            (-0.0123, "-0.0123"),
        ])
    func spellsFloatsAsGo(number: Float, expected: String) {
        #expect(NumberText.go(number) == expected)
        #expect(NumberText.go(Float.nan) == nil)
    }

    @Test(
        "spells numbers as Python",
        arguments: [
            (1.0, "1.0"), (-0.0, "-0.0"), (0.1, "0.1"), (1e15, "1000000000000000.0"), (1e16, "1e+16"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"), (1.5e-10, "1.5e-10"), (1e100, "1e+100"), (123456.789, "123456.789"),
            (.infinity, "Infinity"), (-.infinity, "-Infinity"),
        ])
    func spellsNumbersAsPython(number: Double, expected: String) {
        #expect(JSONWriter(.python()).text(of: .number(number)) == expected)
    }

    @Test("writes what the parser reads back")
    func roundTrips() throws {
        var generator = SplitMix(state: 7)
        for style in [JSONWriter.Style.compact, .go, .python(), .python(ensureASCII: false, indent: " "), .pretty()] {
            for _ in 0..<100 {
                let value = generator.value(depth: 4)
                let text = JSONWriter(style).text(of: value)
                #expect(try JSONParser.parse(text) == generator.readBack(value, style), "\(text)")
            }
        }
    }
}

/// Random values with a fixed seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int(truncatingIfNeeded: next()))
        case 3:
            let number = Double(bitPattern: next())
            return .number(number.isFinite ? number : 0.5)
        case 4: return .string(string())
        case 5: return .array((0..<Int.random(in: 0..<4, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<4, using: &self) { object[string()] = value(depth: depth - 1) }
            return .object(object)
        }
    }

    mutating func string() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "\"", "\\", "/", "\n", "\u{0}", "<", "é", "\u{2028}", "\u{7F}", "😀", "\u{FFFD}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<6, using: &self) { text.append(alphabet.randomElement(using: &self) ?? "a") }
        return String(text)
    }

    /// Go writes whole numbers without a point, so that they come back as integers.
    func readBack(_ value: JSONValue, _ style: JSONWriter.Style) -> JSONValue {
        switch value {
        case .number(let number) where style.numbers == .go && number.magnitude < 1e21:
            if let integer = Int(exactly: number) { .integer(integer) } else { value }
        case .array(let elements): .array(elements.map { readBack($0, style) })
        case .object(let members): .object(members.mapValues { readBack($0, style) })
        default: value
        }
    }
}
