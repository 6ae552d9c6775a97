import Constraints
import JSON
import TestSupport
import Testing

/// Schemas that ask for more than anybody needs. Each is refused or compiled within the limits.
@Suite(.computing, .serialized) struct HostileSchemaTests {
    private static func many(_ count: Int, _ separator: String = ",", _ text: (Int) -> String) -> String {
        (0..<count).map(text).joined(separator: separator)
    }

    private static func nested(_ depth: Int, _ start: String, _ middle: String, _ end: String) -> String {
        String(repeating: start, count: depth) + middle + String(repeating: end, count: depth)
    }

    private static func definitions(_ count: Int, _ text: (Int) -> String) -> String {
        ##"{"$ref":"#/$defs/d0","$defs":{"## + many(count) { "\"d\($0)\":\(text($0))" } + "}}"
    }

    static let all: [(name: String, schema: String)] = [
        ("deep items", nested(150, ##"{"items":"##, "true", "}")),
        ("very deep items", nested(5000, ##"{"items":"##, "true", "}")),
        ("deep allOf", nested(150, ##"{"allOf":["##, "true", "]}")),
        ("deep anyOf", nested(60, ##"{"anyOf":[{"type":"null"},"##, "true", "]}")),
        ("deep not", nested(60, ##"{"not":"##, ##"{"type":"object","required":["a"]}"##, "}")),
        ("deep oneOf", nested(60, ##"{"oneOf":[{"type":"null"},"##, ##"{"type":"string"}"##, "]}")),
        ("deep properties", nested(150, ##"{"type":"object","properties":{"a":"##, "true", "}}")),
        ("deep constant", ##"{"const":"## + nested(400, "[", "1", "]") + "}"),
        ("long chain of references", definitions(3000) { ##"{"$ref":"#/$defs/d\##($0 + 1)"}"## }),
        (
            "chain of references to the end",
            definitions(3000) { $0 == 2999 ? "true" : ##"{"$ref":"#/$defs/d\##($0 + 1)"}"## }
        ),
        ("chain of allOf", definitions(500) { $0 == 499 ? "true" : ##"{"allOf":[{"$ref":"#/$defs/d\##($0 + 1)"}]}"## }),
        (
            "doubling of anyOf",
            definitions(40) {
                $0 == 39
                    ? ##"{"type":"object","required":["a"]}"##
                    : ##"{"anyOf":[{"$ref":"#/$defs/d\##($0 + 1)"},{"$ref":"#/$defs/d\##($0 + 1)","required":["b\##($0)"]}]}"##
            }
        ),
        (
            "doubling of items",
            definitions(60) {
                ##"{"type":"array","prefixItems":[{"$ref":"#/$defs/d\##(($0 + 1) % 60)"},{"$ref":"#/$defs/d\##(($0 + 7) % 60)"}]}"##
            }
        ),
        (
            "product of objects",
            ##"{"type":"object","allOf":["##
                + many(20) { ##"{"anyOf":[{"required":["a\##($0)"]},{"required":["b\##($0)"]}]}"## } + "]}"
        ),
        (
            "product of numbers",
            ##"{"allOf":["##
                + many(12) { group in
                    ##"{"anyOf":["## + many(12) { ##"{"type":"number","minimum":\##(group * 12 + $0)}"## } + "]}"
                } + "]}"
        ),
        (
            "product of strings",
            ##"{"allOf":["##
                + many(14) { group in
                    ##"{"anyOf":[{"type":"string","pattern":"a\##(group)"},{"type":"string","pattern":"b\##(group)"}]}"##
                } + "]}"
        ),
        (
            "dependencies",
            ##"{"type":"object","dependentRequired":{"## + many(40) { ##""a\##($0)":["b\##($0)"]"## } + "}}"
        ),
        (
            "oneOf of objects",
            ##"{"oneOf":["##
                + many(300) { ##"{"type":"object","properties":{"k\##($0)":true},"required":["k\##($0)"]}"## } + "]}"
        ),
        ("oneOf of constants", ##"{"oneOf":["## + many(1000) { ##"{"const":\##($0)}"## } + "]}"),
        ("anyOf of constants", ##"{"anyOf":["## + many(5000) { ##"{"const":"c\##($0)"}"## } + "]}"),
        (
            "anyOf of objects",
            ##"{"anyOf":["## + many(2000) { ##"{"type":"object","properties":{"k\##($0)":{}}}"## } + "]}"
        ),
        ("enumeration of numbers", ##"{"enum":["## + many(20000) { "\($0)" } + "]}"),
        ("enumeration of strings", ##"{"enum":["## + many(20000) { "\"v\($0)\"" } + "]}"),
        ("enumeration of arrays", ##"{"enum":["## + many(20000) { "[\($0)]" } + "]}"),
        ("long constant", "{\"const\":\"" + String(repeating: "a", count: 200_000) + "\"}"),
        ("too long a source", "{\"const\":\"" + String(repeating: "a", count: 300_000) + "\"}"),
        ("long array", ##"{"const":["## + many(50000) { "\($0 % 10)" } + "]}"),
        ("many optional properties", ##"{"properties":{"## + many(1500) { ##""p\##($0)":{"type":"null"}"## } + "}}"),
        (
            "many properties and counts",
            ##"{"minProperties":100,"maxProperties":200,"properties":{"## + many(300) { ##""p\##($0)":true"## } + "}}"
        ),
        (
            "long names",
            ##"{"properties":{"## + many(100) { "\"" + String(repeating: "n", count: 100 + $0) + "\":true" } + "}}"
        ),
        ("many patterns", ##"{"patternProperties":{"## + many(30) { ##""a\##($0)":true"## } + "}}"),
        (
            "patterns for many names",
            ##"{"patternProperties":{"(a*)*(b*)*c":{"type":"null"}},"properties":{"##
                + many(500) { ##""aaaa\##($0)":true"## } + "}}"
        ),
        ("long string", ##"{"type":"string","minLength":1000000000000,"maxLength":1e30}"##),
        ("count of a million", ##"{"type":"string","pattern":"^(a{1,1000}){1,1000000}$"}"##),
        ("count and length", ##"{"type":"string","pattern":"^[a-z]{1,1000000}$","maxLength":5000}"##),
        ("nested counts", ##"{"type":"string","pattern":"^((((a{1,99}b){1,99}c){1,99}d){1,99}e){1,99}$"}"##),
        ("catastrophic pattern", ##"{"type":"string","pattern":"^(a|aa)+$"}"##),
        ("catastrophic search", ##"{"type":"string","pattern":"(x+x+)+y"}"##),
        ("exponential automaton", ##"{"type":"string","pattern":"a.{40}$","maxLength":100}"##),
        ("exponential automaton in a key", ##"{"patternProperties":{"a.{30}$":true},"additionalProperties":false}"##),
        ("look-aheads", ##"{"type":"string","pattern":"^"## + many(30, "") { "(?=.*a.{\($0)}b)" } + ##".*$"}"##),
        ("deep pattern", ##"{"pattern":""## + nested(5000, "(", "a", ")") + "\"}"),
        ("wide pattern", ##"{"pattern":""## + many(20000, "|") { "\($0)" } + "\"}"),
        (
            "intersection of lengths",
            ##"{"type":"string","pattern":"^(ab)*$","allOf":[{"pattern":"^(aba)*(b|$)"}],"minLength":3000}"##
        ),
        ("small divisor", ##"{"multipleOf":1e-300}"##),
        ("divisor of many digits", ##"{"multipleOf":0.000000000007}"##),
        ("large divisor", ##"{"multipleOf":9223372036854775807}"##),
        (
            "divisors",
            ##"{"type":"integer","allOf":["##
                + many(8) { ##"{"multipleOf":\##([7, 11, 13, 17, 19, 23, 29, 31][$0])}"## } + "]}"
        ),
        ("far bounds", ##"{"type":"number","minimum":-1.7976931348623157e308,"maximum":1.7976931348623157e308}"##),
        ("near bounds", ##"{"type":"number","exclusiveMinimum":0.3,"exclusiveMaximum":0.30000000000000004}"##),
        ("smallest number", ##"{"type":"number","exclusiveMinimum":0,"maximum":5e-324}"##),
        ("many items", ##"{"type":"array","items":{"type":"null"},"minItems":1000000000,"maxItems":2000000000}"##),
        (
            "many items that differ",
            ##"{"type":"array","uniqueItems":true,"items":{"enum":["## + many(2000) { "\($0)" } + "]}}"
        ),
        ("many members", ##"{"type":"object","minProperties":1,"maxProperties":1000000000}"##),
        ("itself and nothing else", ##"{"allOf":[{"$ref":"#"}]}"##),
        ("itself in not", ##"{"not":{"$ref":"#"}}"##),
        ("itself as its only item", ##"{"type":"array","items":{"$ref":"#"},"minItems":1}"##),
        (
            "itself in oneOf",
            ##"{"oneOf":[{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]},{"type":"object","properties":{"a":{"$ref":"#"},"b":true},"required":["a","b"]}]}"##
        ),
        (
            "growing conjunctions",
            ##"{"$defs":{"a":{"properties":{"x":{"$ref":"#/$defs/a"},"y":{"$ref":"#/$defs/b"}}},"b":{"allOf":[{"$ref":"#/$defs/a"},{"properties":{"x":{"$ref":"#/$defs/b"},"y":{"$ref":"#/$defs/a"}}}]}},"$ref":"#/$defs/b"}"##
        ),
        ("pointer into a value", ##"{"const":{"a":{"const":{"a":1}}},"anyOf":[{"$ref":"#/const/a"}]}"##),
        ("names with quotes", ##"{"properties":{"\"":true,"\\":true,"\u0000":true,"":true}}"##),
    ]

    @Test func thereAreManyOfThem() { #expect(Self.all.count >= 40) }

    @Test(arguments: all.indices) func eachIsRefusedOrStaysWithinTheLimits(index: Int) throws {
        // Smaller ones than those of a server: what is bounded by them is slow in code that is not optimized.
        var limits = ConstraintLimits()
        limits.exploredStates = 512
        limits.expressions = 50_000
        do {
            let constraint = try Constraint(
                Grammar(jsonSchemaText: Array(Self.all[index].schema.utf8), limits: limits), limits: limits)
            var walk = RandomText(generator: SeededGenerator(seed: 1), comfortableLength: 20, longest: 60)
            _ = try walk.next(constraint)
            #expect(constraint.tableBytes <= limits.tableBytes)
        } catch let error as SchemaError {
            #expect(error.description.utf8.count < 500)
        } catch let error as ConstraintError {
            #expect(error.description.utf8.count < 500)
        }
    }
}
