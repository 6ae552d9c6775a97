import JSON
import Templating
import Testing

@Suite("A hostile Jinja template is stopped")
struct JinjaLimitTests {
    /// Tight enough to be reached quickly in a debug build.
    private static let budget = TemplateBudget(steps: 300_000, bytes: 1 << 24, output: 1 << 20)

    private func expectLimit(_ template: String, budget: TemplateBudget = budget) {
        var budget = budget
        do throws(TemplateError) {
            let text = try JinjaTemplate(template).render(["l": [1, 2]], budget: &budget)
            Issue.record("rendered \(text.utf8.count) bytes: \(template.prefix(80))")
        } catch {
            #expect(error.kind == .limit, "\(error) for \(template.prefix(80))")
        }
    }

    @Test(
        "when it runs on and on",
        arguments: [
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "{% for a in range(99999) %}{% set x = range(99999)|list %}{% endfor %}",
            "{% set s = 'a' * 100000 %}{% for a in range(99999) %}{% if s.replace('a', 'b') == 'x' %}{% endif %}{% endfor %}",
            "{% set s = 'ab' * 100000 %}{% for a in range(99999) %}{% if s[-2:] in s[:-1] %}{% endif %}{% endfor %}",
            "{% set l = range(50000)|list %}{% for a in l %}{% if -1 in l %}{% endif %}{% endfor %}",
            "{% set l = range(50000)|list %}{% for a in l %}{% if l == l|list %}{% endif %}{% endfor %}",
            "{% set l = range(50000)|list %}{% for a in l %}{{ l|sum }}{% endfor %}",
            "{% set l = range(50000)|list %}{% for a in l %}{{ l|sort|first }}{% endfor %}",
            "{% macro m() %}{% for i in range(99) %}{{ m() }}{% endfor %}{% endmacro %}{{ m() }}",
        ])
    func steps(template: String) {
        expectLimit(template)
    }

    @Test(
        "when it makes too much",
        arguments: [
            "{{ 'a' * 10 ** 12 }}", "{{ 'ab' * 9223372036854775807 }}", "{{ [0] * 10 ** 12 }}",
            "{{ (0,) * 9223372036854775807 }}",
            "{{ 'a'.center(10 ** 12) }}", "{{ 'a'.ljust(10 ** 12) }}", "{{ 'a'.zfill(10 ** 12) }}",
            "{{ 'a'|center(10 ** 12) }}",
            "{{ '%1000000000000d' % 1 }}", "{{ '%*s' % (10 ** 12, 1) }}", "{{ '{:1000000000000}'.format(1) }}",
            "{{ '\t'.expandtabs(10 ** 12) }}", "{{ 'a\nb'|indent(10 ** 12) }}", "{{ l|batch(10 ** 12, 0)|list }}",
            "{{ l|slice(10 ** 12)|list }}", "{{ l|tojson(indent=10 ** 12) }}",
            "{{ ('a' * 100000).replace('a', 'b' * 100000) }}", "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
            "{{ ('a' * 100000).join('b' * 100000) }}", "{{ (['a' * 100000] * 100000)|join }}",
            "{{ ('a\n' * 100000)|indent('b' * 100000) }}",
            "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
            "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
            "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s %}{{ ns.s }}{{ ns.s }}{% endset %}{% endfor %}",
            "{% set s = 'a' * 100000 %}{% for i in range(99999) %}{{ s }}{% endfor %}",
        ])
    func memory(template: String) {
        expectLimit(template)
    }

    @Test(
        "when a value shares its parts so often that walking it never ends",
        arguments: [
            "{{ ns.l }}", "{{ ns.l|tojson }}", "{{ ns.l == ns.l }}", "{{ ns.l ~ '' }}", "{{ ns.l|string }}",
            "{{ [ns.l]|join }}",
            "{{ ns.l in [ns.l] }}", "{{ '%s' % (ns.l,) }}", "{{ '{}'.format(ns.l) }}", "{{ {ns.l: 1} }}",
            "{{ ns.l < ns.l }}",
            "{{ [ns.l, ns.l]|unique|list }}", "{{ [ns.l].index(ns.l) }}", "{{ raise_exception(ns.l) }}",
            "{{ 'abc'[ns.l] }}",
            "{{ {}[ns.l] }}", "{{ {}.get(ns.l) }}", "{{ ns.l is in [ns.l] }}",
            "{% for x in [1, 2] %}{{ loop.changed(ns.l) }}{% endfor %}",
            "{{ [ns.l, ns.l]|sort }}", "{{ [[ns.l, 1], [ns.l, 2]]|groupby(0) }}",
        ])
    func sharing(use: String) {
        let doubling =
            "{% set ns = namespace(l=(1,)) %}{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}"
        expectLimit(doubling + use)
    }

    @Test(
        "when it recurses",
        arguments: [
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
            "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
            "{% macro m(a=m()) %}{% endmacro %}{{ m() }}",
        ])
    func recursion(template: String) {
        expectLimit(template, budget: TemplateBudget(inputBytes: 0))
    }

    @Test(
        "when it nests values without end",
        arguments: [
            "[ns.v]", "(ns.v,)", "{'k': ns.v}", "[ns.v]|map('list')", "{'k': ns.v}.items()", "[ns.v].index",
            "dict(k=ns.v)",
            "[ns.v]|batch(1)", "[ns.v]|groupby(0)", "ns.v.copy if false else [ns.v]|list",
        ])
    func depth(value: String) {
        expectLimit(
            "{% set ns = namespace(v=[]) %}{% for i in range(5000) %}{% set ns.v = \(value) %}{% endfor %}",
            budget: TemplateBudget(inputBytes: 0))
    }

    @Test("when its own text nests too deep", arguments: ["(", "[", "{1:", "-", "not ", "f(", "a[", "a|f(", "a is f("])
    func syntax(opening: String) {
        expectLimit("{{ " + String(repeating: opening, count: 20_000))
    }

    @Test(
        "when its tags nest too deep", arguments: ["if a", "for a in b", "macro a()", "filter upper", "with", "set a"])
    func tags(tag: String) {
        expectLimit(String(repeating: "{% \(tag) %}", count: 10_000))
    }

    @Test(
        "even with numbers at the end of what 64 bits hold",
        arguments: [
            ("'%*d' % (-m - 1, 1)", nil), ("'%.*f' % (-m - 1, 1)", "1"), ("'a'.center(-m - 1)", "a"),
            ("'a'.zfill(-m - 1)", "a"), ("'{:😀>4611686018427387904}'.format(1)", nil), ("'a'.ljust(m, '😀')", nil),
            ("range(m - 8, m, 5)|list", "[9223372036854775799, 9223372036854775804]"),
            ("range(5)[::m]|list", "[0]"), ("range(5)[::-m - 1]|list", "[4]"), ("'abc'[-m - 1:m]", "abc"),
            ("'abc'[m]", ""), ("'abc'[-m - 1]", ""), ("[1][m]", ""),
            ("range(0, m, 4611686018427387904)[::4]|list", "[0]"),
            ("-(-m - 1)", nil), ("(-m - 1) // -1", nil), ("(-m - 1) % -1", "0"), ("(-m - 1)|abs", nil), ("m * m", nil),
            ("'a b'.split(' ', m)", "['a', 'b']"), ("'aa'.replace('a', 'b', m)", "bb"), ("'aa'.find('a', m)", "-1"),
            ("'aa'.count('a', -m - 1, m)", "2"), ("[1]|batch(m)|list", "[[1]]"), ("[1]|slice(m)|list", nil),
            ("'abc'|truncate(m, leeway=m)", "abc"), ("2.5|round(m)", "2.5"), ("9 ** m", nil),
        ] as [(String, String?)])
    func extremes(expression: String, expected: String?) {
        // Where a value is refused, that is an error and not a crash.
        let text = try? JinjaTemplate("{{ \(expression) }}").render(["m": .integer(.max)]).text
        #expect(text == expected)
    }

    @Test("but chains of any length are no nesting")
    func chains() throws(TemplateError) {
        let count = 3000
        let chains = [
            ("{{ 1\(String(repeating: " + 1", count: count)) }}", "\(count + 1)"),
            ("{{ ''\(String(repeating: " ~ 'a'", count: count)) }}", String(repeating: "a", count: count)),
            ("{{ 'a'\(String(repeating: "|upper", count: count)) }}", "A"),
            ("{{ 0\(String(repeating: " or 0", count: count)) or 7 }}", "7"),
            ("{{ 1\(String(repeating: " < 2 > 1", count: count)) }}", "True"),
            ("{% if 0 %}\(String(repeating: "{% elif 0 %}", count: count)){% else %}x{% endif %}", "x"),
        ]
        for (template, expected) in chains { #expect(try JinjaTemplate(template).render([:]).text == expected) }
    }

    @Test("and what refers to itself is let go of")
    func cycles() throws(TemplateError) {
        let template = try JinjaTemplate(
            """
            {% set ns = namespace() %}{% set ns.me = ns %}{% set ns.macro = 1 %}{% macro m() %}{{ ns.me.macro }}{% endmacro %}
            {%- set ns.macro = m %}{% set c = cycler(ns) %}{% set ns.c = c %}{{ ns }}
            """)
        for _ in 0..<100 { #expect(try template.render([:]).text == "<Namespace>") }
    }
}
