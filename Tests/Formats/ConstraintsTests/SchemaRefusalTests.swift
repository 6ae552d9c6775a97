import Constraints
import JSON
import Testing

@Suite struct SchemaRefusalTests {
    /// Schemas with the keyword that the error names, and where it stands.
    static let refused: [(schema: String, keyword: String, path: String)] = [
        (##"{"contains":{"type":"null"}}"##, "contains", "#"),
        (##"{"type":"array","minContains":1}"##, "minContains", "#"),
        (##"{"type":"array","maxContains":1}"##, "maxContains", "#"),
        (##"{"unevaluatedProperties":false}"##, "unevaluatedProperties", "#"),
        (##"{"unevaluatedItems":false}"##, "unevaluatedItems", "#"),
        (##"{"properties":{"a":{"contentEncoding":"base64"}}}"##, "contentEncoding", "#/properties/a"),
        (##"{"contentMediaType":"text/html"}"##, "contentMediaType", "#"),
        (##"{"contentSchema":true}"##, "contentSchema", "#"),
        (##"{"$dynamicRef":"#a"}"##, "$dynamicRef", "#"),
        (##"{"$recursiveRef":"#"}"##, "$recursiveRef", "#"),
        (##"{"items":{"$id":"b"}}"##, "$id", "#/items"),
        (##"{"x-mine":1}"##, "x-mine", "#"),
        (##"{"properties":{"a~b/c":{"maximu":1}}}"##, "maximu", "#/properties/a~0b~1c"),
        (##"{"format":"regex"}"##, "format", "#"),
        (##"{"format":"color"}"##, "format", "#"),
        (##"{"pattern":"(a)\\1"}"##, "pattern", "#"),
        (##"{"pattern":"("}"##, "pattern", "#"),
        (##"{"patternProperties":{"\\b":true}}"##, "patternProperties", "#"),
        (##"{"type":"array","items":{"type":"string"},"uniqueItems":true}"##, "uniqueItems", "#"),
        (##"{"type":"object","minProperties":2}"##, "minProperties", "#"),
        (##"{"oneOf":[{"type":"object"},{"type":"object","properties":{"a":true}}]}"##, "oneOf", "#"),
        (##"{"oneOf":[{"type":"array"},{"type":"array","items":{"type":"null"}}]}"##, "oneOf", "#"),
        (##"{"type":"array","not":{"items":{"type":"null"}}}"##, "not", "#"),
        (##"{"multipleOf":1e-300}"##, "multipleOf", "#"),
        (##"{"multipleOf":123457}"##, "multipleOf", "#"),
        (##"{"multipleOf":0}"##, "multipleOf", "#"),
        (##"{"minimum":1e300}"##, "minimum", "#"),
        (##"{"maximum":"1"}"##, "maximum", "#"),
        (##"{"minLength":-1}"##, "minLength", "#"),
        (##"{"type":"text"}"##, "type", "#"),
        (##"{"type":[]}"##, "type", "#"),
        (##"{"type":3}"##, "type", "#"),
        (##"{"enum":1}"##, "enum", "#"),
        (##"{"anyOf":[]}"##, "anyOf", "#"),
        (##"{"allOf":{}}"##, "allOf", "#"),
        (##"{"required":"a"}"##, "required", "#"),
        (##"{"required":[1]}"##, "required", "#"),
        (##"{"properties":[]}"##, "properties", "#"),
        (##"{"uniqueItems":1}"##, "uniqueItems", "#"),
        (##"{"$ref":"#/$defs/a"}"##, "$ref", "#"),
        (##"{"$ref":"other.json"}"##, "$ref", "#"),
        (##"{"$ref":1}"##, "$ref", "#"),
        (##"{"$ref":"#"}"##, "$ref", "#"),
        (
            ##"{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##, "$ref",
            ""
        ),
    ]

    @Test(arguments: refused.indices) func errorsNameTheKeywordAndItsPlace(index: Int) throws {
        let (schema, keyword, path) = Self.refused[index]
        do throws(SchemaError) {
            _ = try Grammar(jsonSchemaText: Array(schema.utf8))
            Issue.record("\(schema) was compiled")
        } catch {
            #expect(error.description.hasPrefix("the keyword \"\(keyword)\" at \(path)"), "\(schema): \(error)")
        }
    }

    @Test(arguments: [
        "false", ##"{"not":{}}"##, ##"{"type":"integer","minimum":2,"maximum":1}"##, ##"{"enum":[]}"##,
        ##"{"type":"string","const":1}"##, ##"{"allOf":[{"type":"string"},{"type":"null"}]}"##,
        ##"{"type":"string","minLength":3,"maxLength":2}"##, ##"{"oneOf":[{"type":"null"},{"type":"null"}]}"##,
    ]) func schemasWithoutValuesAreRefused(schema: String) throws {
        #expect(throws: SchemaError.unsatisfiable(path: "#")) { try Grammar(jsonSchemaText: Array(schema.utf8)) }
    }

    /// That nothing is left shows only when the automaton is made.
    @Test(arguments: [
        ##"{"type":"object","properties":{"a":false},"required":["a"]}"##,
        ##"{"type":"array","items":false,"minItems":1}"##, ##"{"type":"string","pattern":"^a$","minLength":2}"##,
        ##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##,
        ##"{"type":"integer","multipleOf":7,"exclusiveMinimum":0,"exclusiveMaximum":7}"##,
    ]) func grammarsWithoutTextsAreRefused(schema: String) throws {
        do {
            _ = try Constraint(Grammar(jsonSchemaText: Array(schema.utf8)))
            Issue.record("\(schema) was compiled")
        } catch {
            let isExpected = error as? ConstraintError == .matchesNothing || error is SchemaError
            #expect(isExpected, "\(error)")
        }
    }

    @Test(arguments: ["", "{", "1", "\"a\"", "[]", "{\"properties\":{\"a\":1}}", "{\"type\":\"null\"} x"])
    func whatIsNoSchemaIsRefused(text: String) throws {
        #expect(throws: SchemaError.self) { try Grammar(jsonSchemaText: Array(text.utf8)) }
    }
}
