import Constraints
import JSON
import TestSupport
import Testing

@Suite struct JSONSchemaTests {
    private func constraint(_ schema: JSONValue) throws -> Constraint { try Constraint(Grammar(jsonSchema: schema)) }

    private func expect(_ schema: JSONValue, allows: [String], refuses: [String]) throws {
        let constraint = try constraint(schema)
        for text in allows { #expect(try constraint.matches(text.utf8), "\(text)") }
        for text in refuses { #expect(try !constraint.matches(text.utf8), "\(text)") }
    }

    @Test func membersStandInTheOrderOfTheSchema() throws {
        try expect(
            ["properties": ["b": ["type": "integer"], "a": ["type": "null"]], "required": ["a"], "type": "object"],
            allows: [#"{"b":1,"a":null}"#, #"{"a":null}"#, "{ \"b\": 1, \"a\": null }", "{\n  \"a\": null\n}"],
            refuses: [#"{"a":null,"b":1}"#, "{}", #"{"b":1}"#, #"{"a":null,"c":1}"#, #"{"a":null,}"#, #"{"a":null"#])
    }

    @Test func whiteSpaceIsLimited() throws {
        let blanks = String(repeating: " ", count: 20)
        try expect(
            ["type": "array", "items": ["type": "integer"]],
            allows: ["[1,2]", "[ 1, 2 ]", "[\n\(blanks)1,\n\n\t2\n]", "[]", "[ ]"],
            refuses: [" []", "[] ", "[  1]", "[1 ,2]", "[\n\(blanks) 1]", "[\n\n\n1]", "[\r\n1]"])
    }

    @Test func anyJSONIsUnderstood() throws {
        let object = try Constraint(Grammar.anyJSONObject)
        #expect(try object.matches(#"{"a":[1,-0.5e3,{"b":null}],"c":"\u00e9\n\"","d":{}}"#.utf8))
        for text in ["[]", "1", #"{"a":"\ud800"}"#, "{\"a\":\"\n\"}", "{1:2}", #"{"a":01}"#] {
            #expect(try !object.matches(text.utf8))
        }
        let any = try Constraint(Grammar.anyJSON)
        for text in ["[]", "1", "\"a\"", "null", "[[[{}]]]"] { #expect(try any.matches(text.utf8)) }
    }

    @Test func lengthsCountUnicodeScalars() throws {
        try expect(
            ["type": "string", "minLength": 1, "maxLength": 2],
            allows: ["\"é\"", "\"😀a\"", #""\u00e9\"""#, #""\\\n""#], refuses: ["\"\"", "\"abc\"", "\"e\u{301}e\""])
    }

    @Test func patternsAreOfTheDecodedString() throws {
        try expect(
            ["type": "string", "pattern": "^\"\\\\\n[\\x00-\\x1f]é$"],
            allows: [#""\"\\\n\u0001é""#, #""\"\\\n\té""#], refuses: [#""\"\\\nn""#, "\"\"\\\n\u{1}é\""])
    }

    @Test func referencesMayRecur() throws {
        try expect(
            [
                "$ref": "#/$defs/node",
                "$defs": [
                    "node": [
                        "type": "object", "additionalProperties": false, "required": ["v"],
                        "properties": [
                            "v": ["type": "integer"], "next": ["anyOf": [["$ref": "#/$defs/node"], ["type": "null"]]],
                        ],
                    ]
                ],
            ],
            allows: [#"{"v":1}"#, #"{"v":1,"next":{"v":2,"next":null}}"#], refuses: [#"{"v":1,"next":{}}"#])
    }

    @Test func siblingsOfReferencesCount() throws {
        try expect(
            ["$ref": "#/$defs/a", "maximum": 5, "$defs": ["a": ["type": "integer", "minimum": 3]]],
            allows: ["3", "5"], refuses: ["2", "6"])
    }

    @Test func oneOfNeedsADiscriminator() throws {
        func branch(_ kind: String, _ more: JSONValue) -> JSONValue {
            [
                "type": "object", "properties": ["kind": ["const": .string(kind)], "v": more],
                "required": ["kind", "v"],
            ]
        }
        try expect(
            ["oneOf": [branch("a", ["type": "integer"]), branch("b", ["type": "string"])]],
            allows: [#"{"kind":"a","v":1}"#, #"{"kind":"b","v":"x"}"#], refuses: [#"{"kind":"a","v":"x"}"#, "{}"])
        try expect(
            [
                "type": "object",
                "oneOf": [
                    ["properties": ["a": ["type": "integer"]], "required": ["a"]],
                    ["properties": ["b": ["type": "integer"]], "required": ["b"]],
                ],
            ], allows: [#"{"a":1}"#, #"{"b":1}"#], refuses: ["{}", #"{"a":1,"b":1}"#])
    }

    @Test func schemasOfAllOfAreOne() throws {
        try expect(
            [
                "allOf": [
                    ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]],
                    ["properties": ["a": ["minimum": 3], "b": ["type": "null"]], "required": ["b"]],
                ]
            ], allows: [#"{"a":3,"b":null}"#], refuses: [#"{"a":2,"b":null}"#, #"{"a":3}"#])
    }

    @Test func itemsThatDifferAreInAnyOrder() throws {
        try expect(
            ["type": "array", "items": ["enum": ["a", "b", 1, 1.0]], "uniqueItems": true, "minItems": 1],
            allows: [#"["a"]"#, #"["b",1,"a"]"#], refuses: ["[]", #"["a","a"]"#, "[1,1]", #"["a","b",1,"b"]"#])
    }

    @Test func namesOfMembersAreExact() throws {
        try expect(
            ["type": "object", "properties": ["a": ["type": "integer"]], "additionalProperties": ["type": "string"]],
            allows: [#"{"a":1,"b":"x"}"#, #"{"b":"x"}"#, #"{"ab":"x"}"#],
            refuses: [#"{"a":"x"}"#, #"{"\u0061":"x"}"#, #"{"b":1}"#])
        try expect(
            [
                "type": "object", "propertyNames": ["pattern": "^[a-z]{1,3}$"],
                "additionalProperties": ["type": "integer"],
            ],
            allows: [#"{"ab":1,"c":2}"#, "{}"], refuses: [#"{"abcd":1}"#, #"{"A":1}"#])
        try expect(
            [
                "type": "object", "patternProperties": ["^s": ["type": "string"], "n$": ["minLength": 2]],
                "additionalProperties": false,
            ], allows: [#"{"s":""}"#, #"{"sn":"ab"}"#, #"{"n":1}"#], refuses: [#"{"sn":""}"#, #"{"x":1}"#])
    }

    @Test func countsOfMembersHold() throws {
        try expect(
            [
                "type": "object", "properties": ["a": true, "b": true, "c": true], "additionalProperties": false,
                "minProperties": 1, "maxProperties": 2,
            ], allows: [#"{"a":1}"#, #"{"b":1,"c":1}"#], refuses: ["{}", #"{"a":1,"b":1,"c":1}"#])
        try expect(
            ["type": "object", "additionalProperties": ["type": "integer"], "minProperties": 1, "maxProperties": 2],
            allows: [#"{"a":1}"#, #"{"b":1,"c":1}"#], refuses: ["{}", #"{"a":1,"b":1,"c":1}"#])
    }

    @Test func twoThousandPropertiesAreCompiled() throws {
        var properties: JSONObject = [:]
        for index in 0..<2000 { properties["property\(index)"] = ["type": "integer"] }
        let names = properties.keys.map { JSONValue.string($0) }
        _ = try constraint(["type": "object", "properties": .object(properties), "required": .array(Array(names))])
    }

    @Test func valuesThatNoSchemaDescribesEndAtSomeLevel() throws {
        func nested(_ levels: Int) -> [UInt8] {
            Array((String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)).utf8)
        }
        for grammar in [Grammar.anyJSONObject, .anyJSON, try Grammar(jsonSchema: [:])] {
            let constraint = try Constraint(grammar)
            #expect(try constraint.matches(nested(64)))
            #expect(try !constraint.matches(nested(66)))
            // Where nothing more may be opened, something may still be written.
            let probe = try constraint.probe(Array(String(repeating: #"{"a":"#, count: 64).utf8))
            #expect(probe.stop == nil && !probe.following.isEmpty)
        }
    }
}
