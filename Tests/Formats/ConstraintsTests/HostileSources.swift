/// Sources that ask for more than anybody needs, and what becomes of them under the limits of a server.
struct HostileSource: Sendable {
    enum Form: Sendable { case schema, regex, grammar }
    enum Outcome: Sendable, Equatable {
        case compiled
        /// A part of the error's text.
        case refused(String)
    }

    let name: String
    let form: Form
    let source: String
    let outcome: Outcome

    init(_ form: Form, _ name: String, _ source: String, _ outcome: Outcome = .compiled) {
        self.form = form
        self.name = name
        self.source = source
        self.outcome = outcome
    }

    private static func many(_ count: Int, _ separator: String = ",", _ text: (Int) -> String) -> String {
        (0..<count).map(text).joined(separator: separator)
    }

    private static func nested(_ depth: Int, _ start: String, _ middle: String, _ end: String) -> String {
        String(repeating: start, count: depth) + middle + String(repeating: end, count: depth)
    }

    private static func string(_ pattern: String, _ more: String = "") -> String {
        ##"{"type":"string","pattern":"\##(pattern)"\##(more)}"##
    }

    private static func properties(_ count: Int, _ more: String = "", _ value: String = ##"{"type":"null"}"##) -> String
    {
        ##"{"type":"object"\##(more),"properties":{"## + many(count) { ##""p\##($0)":\##(value)"## } + "}}"
    }

    static let all: [HostileSource] = schemas + regexes + grammars

    private static let schemas: [HostileSource] = [
        HostileSource(
            .schema, "count and length",
            string("^[a-z]{1,1000000}$", ##","maxLength":5000"##),
            .refused("more than 4096 states of an intersection or complement")),
        HostileSource(.schema, "count and short length", string("^[a-z]{1,1000000}$", ##","maxLength":500"##)),
        HostileSource(.schema, "count of a million", string("^(a{1,1000}){1,1000000}$")),
        HostileSource(.schema, "nested counts", string("^((((a{1,99}b){1,99}c){1,99}d){1,99}e){1,99}$")),
        HostileSource(
            .schema, "nested counts and length",
            string("^((a{1,99}b){1,99}c){1,99}$", ##","maxLength":900"##),
            .refused("more than 4096 states of an intersection or complement")),
        HostileSource(.schema, "exponential automaton", string("a.{40}$")),
        HostileSource(
            .schema, "exponential automaton and length",
            string("a.{40}$", ##","maxLength":100"##),
            .refused("more than 4096 states of an intersection or complement")),
        HostileSource(.schema, "catastrophic search", string("(x+x+)+y")),
        HostileSource(
            .schema, "look-aheads",
            string("^" + many(30, "") { "(?=.*a.{\($0)}b)" } + ".*$"),
            .refused("more than 4096 states of an intersection or complement")),
        HostileSource(.schema, "deep pattern", string(nested(5000, "(", "a", ")")), .refused("64 levels of groups")),
        HostileSource(.schema, "wide pattern", string(many(20000, "|") { "\($0)" }), .refused("65536 bytes")),
        HostileSource(.schema, "long length", ##"{"type":"string","minLength":1000000000000}"##),
        HostileSource(.schema, "300 optional properties", properties(300)),
        HostileSource(.schema, "1000 optional properties", properties(1000)),
        HostileSource(.schema, "2000 optional properties", properties(2000), .refused("200000 expressions")),
        HostileSource(
            .schema, "properties and counts",
            properties(300, ##","minProperties":100,"maxProperties":200"##),
            .refused("more than 200000 steps of compilation")),
        HostileSource(
            .schema, "few properties of many",
            properties(1000, ##","maxProperties":3"##), .refused("more than 200000 expressions")),
        HostileSource(
            .schema, "product of objects",
            ##"{"type":"object","allOf":["##
                + many(20) { ##"{"anyOf":[{"required":["a\##($0)"]},{"required":["b\##($0)"]}]}"## } + "]}",
            .refused("more than 256 alternatives for one value")),
        HostileSource(
            .schema, "product of strings",
            ##"{"allOf":["##
                + many(14) {
                    ##"{"anyOf":[{"type":"string","pattern":"a\##($0)"},{"type":"string","pattern":"b\##($0)"}]}"##
                }
                + "]}", .refused("more than 256 alternatives for one value")),
        HostileSource(.schema, "deep items", nested(150, ##"{"items":"##, "true", "}")),
        HostileSource(
            .schema, "very deep items",
            nested(5000, ##"{"items":"##, "true", "}"), .refused("the schema is not JSON: exceeded max depth")),
        HostileSource(.schema, "deep anyOf", nested(60, ##"{"anyOf":[{"type":"null"},"##, "true", "]}")),
        HostileSource(.schema, "huge enum of strings", ##"{"enum":["## + many(20000) { "\"v\($0)\"" } + "]}"),
        HostileSource(
            .schema, "huge enum of arrays",
            ##"{"enum":["## + many(20000) { "[\($0)]" } + "]}", .refused("more than 200000 steps of compilation")),
        HostileSource(
            .schema, "long constant",
            "{\"const\":\"" + String(repeating: "a", count: 200_000) + "\"}", .refused("more than 200000 expressions")),
        HostileSource(
            .schema, "long source",
            "{\"const\":\"" + String(repeating: "a", count: 300_000) + "\"}", .refused("more than 262144 bytes")),
        HostileSource(.schema, "itself and nothing else", ##"{"allOf":[{"$ref":"#"}]}"##, .refused("refers to itself")),
        HostileSource(.schema, "itself in not", ##"{"not":{"$ref":"#"}}"##, .refused("refers to itself")),
        HostileSource(
            .schema, "itself as its only item",
            ##"{"type":"array","items":{"$ref":"#"},"minItems":1}"##,
            .refused("there is no text that the constraint allows")),
        HostileSource(.schema, "a billion items", ##"{"type":"array","items":{"type":"null"},"minItems":1000000000}"##),
        HostileSource(
            .schema, "divisors",
            ##"{"type":"integer","allOf":["##
                + many(8) { ##"{"multipleOf":\##([7, 11, 13, 17, 19, 23, 29, 31][$0])}"## }
                + "]}", .refused("more than 4096 states of an intersection or complement")),
        HostileSource(
            .schema, "patterns of names",
            ##"{"patternProperties":{"(a*)*(b*)*c":{"type":"null"},"a.{30}$":true},"additionalProperties":false}"##,
            .refused("more than 4096 states of an intersection or complement")),
    ]

    private static let regexes: [HostileSource] = [
        HostileSource(.regex, "count of counts", "(([a-z]{1,1000}-){1,1000}_){1,1000}"),
        HostileSource(.regex, "empty counts", "(((a?){0,1000}b?){0,1000}c?){0,1000}"),
        HostileSource(.regex, "count of everything", "(.*){1,1000000}"),
        HostileSource(
            .regex, "endless count",
            "a{99999999999}", .refused("the regular expression has more than 1073741824 repetitions")),
        HostileSource(.regex, "alternatives of counts", many(500, "|") { "[a-z]{\($0),\(2 * $0)}x" }),
        HostileSource(.regex, "thousands of words", many(5000, "|") { "word\($0)" }),
        HostileSource(.regex, "states without end", "[ab]*a[ab]{30}"),
        HostileSource(
            .regex, "negative look-aheads",
            many(20, "") { "(?!.*x.{\($0)}y)" } + ".*",
            .refused("more than 4096 states of an intersection or complement")),
        HostileSource(.regex, "deep groups", nested(100, "(", "a", ")*"), .refused("64 levels of groups")),
        HostileSource(.regex, "sequences of choices", many(2000, "") { _ in "(a|b|[a-z]?)" }),
    ]

    private static let grammars: [HostileSource] = [
        HostileSource(
            .grammar, "left recursion",
            "root ::= root \"a\" | \"b\"", .refused("rule 'root' begins with itself (left recursion)")),
        HostileSource(
            .grammar, "no text",
            "root ::= \"a\" root", .refused("there is no text that the constraint allows")),
        HostileSource(
            .grammar, "ambiguous rules",
            "root ::= \"x\" | \"x\" root root | root2 root2\nroot2 ::= \"x\" root*"),
        HostileSource(
            .grammar, "alternatives that nest",
            "root ::= " + many(1500, "|") { "\"x\" root \"\($0)\"" } + "|\"y\"",
            .refused("more than 1024 readings of a text at once")),
        HostileSource(
            .grammar, "doubling rules",
            many(40, "") { "r\($0) ::= r\($0 + 1) r\($0 + 1)\n" } + "r40 ::= \"x\"?\nroot ::= r0",
            .refused("more than 16777216 bytes of memory")),
        HostileSource(
            .grammar, "doubling choices",
            many(40, "") { "r\($0) ::= r\($0 + 1) \"a\" | r\($0 + 1) \"b\"\n" }
                + "r40 ::= \"x\" r40 | \"y\"\nroot ::= r0", .refused("more than 262144 steps for one token")),
        HostileSource(.grammar, "empty repetitions", "root ::= (a{0,1000000}){0,1000000}\na ::= \"x\" a | \"\""),
        HostileSource(.grammar, "undefined rule", "root ::= a", .refused("rule 'a' is used but not defined")),
    ]
}
