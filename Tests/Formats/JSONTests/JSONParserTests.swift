import JSON
import Testing

@Suite("The JSON parser")
struct JSONParserTests {
    @Test(
        "accepts what RFC 8259 allows",
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
            ("1.5", 1.5), ("1e2", 100.0), ("1E+2", 100.0), ("25e-1", 2.5), ("0.0", 0.0), ("\"\"", ""), ("[]", []),
            ("{}", [:]),
            ("\t\r\n [ 1 , [ ] , { } ] ", [1, [], [:]]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [nil]]]),
            ("\"\u{7F}\"", "\u{7F}"), ("\"é😀\"", "é😀"),
        ] as [(String, JSONValue)])
    func acceptsStandardJSON(text: String, expected: JSONValue) throws {
        #expect(try JSONParser.parse(text) == expected)
    }

    @Test(
        "words its errors as Go does",
        arguments: [
            ("", "unexpected end of JSON input", 0),
            ("[1,", "unexpected end of JSON input", 3),
            ("\"abc", "unexpected end of JSON input", 4),
            ("xyz", "invalid character 'x' looking for beginning of value", 0),
            ("[1,]", "invalid character ']' looking for beginning of value", 3),
            ("'a'", #"invalid character '\'' looking for beginning of value"#, 0),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string", 1),
            (#"{"a":1,}"#, "invalid character '}' looking for beginning of object key string", 7),
            (#"{"a" 1}"#, "invalid character '1' after object key", 5),
            (#"{"a":1 "b"}"#, "invalid character '\"' after object key:value pair", 7),
            ("[1 2]", "invalid character '2' after array element", 3),
            ("1 2", "invalid character '2' after top-level value", 2),
            ("01", "invalid character '1' after top-level value", 1),
            ("trux", "invalid character 'x' in literal true (expecting 'e')", 3),
            ("-a", "invalid character 'a' in numeric literal", 1),
            ("1.e", "invalid character 'e' after decimal point in numeric literal", 2),
            ("1ex", "invalid character 'x' in exponent of numeric literal", 2),
            ("+1", "invalid character '+' looking for beginning of value", 0),
            (".5", "invalid character '.' looking for beginning of value", 0),
            ("NaN", "invalid character 'N' looking for beginning of value", 0),
            ("\"a\nb\"", #"invalid character '\n' in string literal"#, 2),
            (#""\q""#, "invalid character 'q' in string escape code", 2),
            (#""\u12g4""#, #"invalid character 'g' in \u hexadecimal character escape"#, 5),
            ("ü", "invalid character 'Ã' looking for beginning of value", 0),
            ("\u{FEFF}1", "invalid character 'ï' looking for beginning of value", 0),
        ])
    func wordsErrorsAsGo(text: String, message: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.description == message)
        #expect(error?.offset == offset)
    }

    @Test("decodes escapes and joins surrogate pairs")
    func decodesEscapes() throws {
        #expect(try JSONParser.parse(#""\"\\\/\b\f\n\r\t""#) == "\"\\/\u{8}\u{C}\n\r\t")
        #expect(try JSONParser.parse(#""a\u00e9\ud83d\ude00z""#) == "aé😀z")
    }

    @Test(
        "replaces surrogates that have no partner",
        arguments: [
            (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"), (#""\ud800\u0041""#, "\u{FFFD}A"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud800\n""#, "\u{FFFD}\n"),
        ])
    func replacesLoneSurrogates(text: String, expected: String) throws {
        #expect(try JSONParser.parse(text) == .string(expected))
    }

    @Test("keeps integers of 64 bits and rounds larger ones")
    func keepsIntegers() throws {
        #expect(try JSONParser.parse("9223372036854775807") == .integer(.max))
        #expect(try JSONParser.parse("-9223372036854775808") == .integer(.min))
        #expect(try JSONParser.parse("9223372036854775808") == .number(9223372036854775808))
        #expect(try JSONParser.parse("1" + String(repeating: "0", count: 30)) == .number(1e30))
        #expect(throws: JSONError.numberOutOfRange("1e999", offset: 1)) { try JSONParser.parse("[1e999]") }
    }

    @Test("keeps the order of keys, and the last of equal ones")
    func keepsOrder() throws {
        let object = try #require(try JSONParser.parse(#"{"z":1,"a":2,"z":3}"#).objectValue)
        #expect(Array(object.keys) == ["z", "a"])
        #expect(object["z"] == 3)
    }

    @Test("refuses depth beyond its limit, however deep")
    func limitsDepth() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try JSONParser.parse(deep).arrayValue?.count == 1)
        for opening in ["[", #"{"a":"#] {
            let hostile = String(repeating: opening, count: 200_000)
            let error = #expect(throws: JSONError.self) { try JSONParser.parse(hostile) }
            #expect(error?.description == "exceeded max depth")
        }
        #expect(throws: JSONError.tooDeep(limit: 1, offset: 1)) {
            try JSONParser.parse("[[]]", options: .init(maximumDepth: 1))
        }
    }

    @Test("refuses bytes that are not UTF-8, or replaces them when asked")
    func validatesUTF8() throws {
        for bad in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3]] as [[UInt8]] {
            let bytes = [UInt8(ascii: "\"")] + bad + [UInt8(ascii: "\"")]
            #expect(throws: JSONError.invalidUTF8(offset: 1)) { try JSONParser.parse(bytes) }
            let replaced = try JSONParser.parse(bytes, options: .init(replacesInvalidUTF8: true))
            #expect(replaced.stringValue?.contains("\u{FFFD}") == true)
        }
    }

    @Test("reads one value of a stream and says where it stopped")
    func parsesPrefix() throws {
        let bytes = Array(#" {"a":1} trailing"#.utf8)
        let (value, end) = try JSONParser.parsePrefix(of: bytes)
        #expect(value == ["a": 1])
        #expect(end == 8)
        let second = try JSONParser.parsePrefix(of: Array("1 [2]".utf8), from: 1)
        #expect(second.value == [2])
        #expect(throws: JSONError.endOfStream(offset: 2)) { try JSONParser.parsePrefix(of: Array("  ".utf8)) }
        let error = #expect(throws: JSONError.self) { try JSONParser.parsePrefix(of: Array("[1".utf8)) }
        #expect(error?.description == "unexpected EOF")
    }

    @Test("takes time in proportion to the text")
    func isLinear() throws {
        let string = String(repeating: #"ab\n"#, count: 100_000)
        let items = String(repeating: #"{"k":[1,2.5,"x"]},"#, count: 5_000)
        let value = try JSONParser.parse("[\(items)\"\(string)\"]")
        #expect(value.arrayValue?.count == 5_001)
        #expect(value[5_000]?.stringValue?.utf8.count == 300_000)
    }
}
