import JSON
import Templating
import Testing

@Suite("Texts know which of their bytes are contents")
struct MarkedTextTests {
    /// The text with its contents in brackets.
    private func shown(_ text: MarkedText) -> String {
        var result = ""
        var start = 0
        let bytes = Array(text.text.utf8)
        for range in text.contents {
            result += String(decoding: bytes[start..<range.lowerBound], as: UTF8.self)
            result += "⟦\(String(decoding: bytes[range], as: UTF8.self))⟧"
            start = range.upperBound
        }
        return result + String(decoding: bytes[start...], as: UTF8.self)
    }

    @Test(
        "through every operation of Jinja on strings",
        arguments: [
            ("x", "⟦bc⟧"), ("'a' + x + 'd'", "a⟦bc⟧d"), ("'a' ~ x ~ 1 ~ y", "a⟦bc⟧1⟦é ñ⟧"), ("x + y", "⟦bcé ñ⟧"),
            ("('a' ~ x)[1:]", "⟦bc⟧"), ("('a' ~ x ~ 'd')[:2]", "a⟦b⟧"), ("('a' ~ x)[1]", "⟦b⟧"), ("('a' ~ x)[0]", "a"),
            ("('a' ~ x)|first ~ ('a' ~ x)|last", "a⟦c⟧"), ("('a' ~ x ~ 'd')|upper", "A⟦BC⟧D"),
            ("('A' ~ x).lower()", "a⟦bc⟧"), ("('a' ~ x).swapcase()", "A⟦BC⟧"), ("('a' ~ x)|title", "⟦Abc⟧"),
            ("(' ' ~ x ~ ' ')|trim", "⟦bc⟧"), ("('  a' ~ x).strip()", "a⟦bc⟧"), ("('a' ~ x).rstrip('c')", "a⟦b⟧"),
            ("('a' ~ x).removeprefix('a')", "⟦bc⟧"), ("('a' ~ x).removesuffix('c')", "a⟦b⟧"),
            ("('a,' ~ x ~ ',d').split(',')|join('+')", "a+⟦bc⟧+d"), ("y.split()|join('+')", "⟦é⟧+⟦ñ⟧"),
            ("('a ' ~ x).rsplit(' ', 1)[1]", "⟦bc⟧"), ("('a-' ~ x).partition('-')|join", "a-⟦bc⟧"),
            ("('a\\n' ~ x).splitlines()|join(',')", "a,⟦bc⟧"), ("('a' ~ x).replace('a', 'e')", "e⟦bc⟧"),
            ("('abb').replace('b', x)", "a⟦bcbc⟧"), ("('a' ~ x)|replace('b', '-')", "a-⟦c⟧"),
            ("'ab'|replace('', x)", "⟦bc⟧a⟦bc⟧b⟦bc⟧"), ("x.join(['1', '2'])", "1⟦bc⟧2"), ("[1, x]|join", "1⟦bc⟧"),
            ("('a' ~ x) * 2", "a⟦bc⟧a⟦bc⟧"), ("'<%s|%d>' % (x, 7)", "<⟦bc⟧|7>"), ("'%5s' % x", "   ⟦bc⟧"),
            ("x % ()", "⟦bc⟧"), ("'{}-{0}'.format(x) if false else '{}-{}'.format(x, 1)", "⟦bc⟧-1"),
            ("'{:>4}'.format(x)", "  ⟦bc⟧"), ("x.center(4, '*')", "*⟦bc⟧*"), ("x.zfill(3)", "0⟦bc⟧"),
            ("('a' ~ x)|center(5)", " a⟦bc⟧ "), ("x.ljust(3)", "⟦bc⟧ "), ("('a\\n' ~ x)|indent(2)", "a\n  ⟦bc⟧"),
            ("('<' ~ '<'|string ~ z)|e", "&lt;&lt;⟦&lt;&amp;⟧"), ("('a ' ~ z)|urlencode", "a%20⟦%3C%26⟧"),
            ("('abc' ~ x)|truncate(4, true, '.', 0)", "abc."), ("('a' ~ x)|reverse", "⟦cba⟧"), ("x|tojson", "⟦\"bc\"⟧"),
            ("'a'|tojson", "\"a\""), ("[1, 'a']|string", "[1, 'a']"), ("[1, x]|string", "⟦[1, 'bc']⟧"),
            ("{'k': x}", "⟦{'k': 'bc'}⟧"), ("x|default('d')", "⟦bc⟧"), ("nothing|default(x)", "⟦bc⟧"),
            ("x|length", "2"),
            ("('a' ~ x)|list|join('.')", "a.⟦b⟧.⟦c⟧"), ("m.role", "user"), ("m.content", "⟦<|end|>⟧"),
            ("odd.role", "⟦<|a|>⟧"),
            ("m|list|join(',')", "⟦role⟧,⟦content⟧"), ("x == 'bc'", "True"), ("{'bc': 'd'}[x]", "d"),
            ("'<|' ~ m.role ~ '|>'", "<|user|>"), ("[x, 'a']|sort|join", "a⟦bc⟧"),
            ("['a', x]|map('upper')|join", "A⟦BC⟧"),
            ("('\\t' ~ x).expandtabs(2)", "⟦  bc⟧"), ("('<b>' ~ x)|striptags", "⟦bc⟧"), ("(x ~ 'd')[::-1]", "⟦dcb⟧"),
        ])
    func jinja(expression: String, expected: String) throws {
        let contents: JSONObject = [
            "x": "bc", "y": "é ñ", "z": "<&", "m": ["role": "user", "content": "<|end|>"], "odd": ["role": "<|a|>"],
        ]
        let template = try JinjaTemplate("{{ \(expression) }}")
        let marked = try template.render([:], contents: contents)
        #expect(shown(marked) == expected)
        #expect(try template.render(contents).text == marked.text)
        #expect(try template.render(contents).contents.isEmpty)
    }

    @Test("through blocks, macros and loops of Jinja")
    func jinjaBlocks() throws {
        let template = try JinjaTemplate(
            """
            {% macro turn(m) %}<{{ m.role }}>{{ m.content|trim }}</>{% endmacro %}{% set all %}{% for m in ms %}{{ turn(m) }}\
            {% endfor %}{% endset %}{% set ns = namespace(t='') %}{% set ns.t = ns.t ~ all %}{% filter upper %}{{ ns.t }}{% endfilter %}
            """)
        let messages: JSONValue = [["role": "a", "content": " x "], ["role": "b", "content": "y</>"]]
        let text = try template.render([:], contents: ["ms": messages])
        #expect(shown(text) == "<A>⟦X⟧</><B>⟦Y</>⟧</>")
    }

    @Test(
        "through every function of Go templates",
        arguments: [
            ("a{{ .X }}d", "a⟦bc⟧d"), (#"{{ printf "<%s|%d>" .X 7 }}"#, "<⟦bc⟧|7>"),
            (#"{{ printf "%5s" .X }}"#, "   ⟦bc⟧"),
            (#"{{ printf "%q" .X }}"#, "⟦\"bc\"⟧"), ("{{ printf .X }}", "⟦bc⟧"), (#"{{ print "a" .X }}"#, "a⟦bc⟧"),
            ("{{ println .X }}", "⟦bc⟧\n"), (#"{{ html (print "<" .Z) }}"#, "&lt;⟦&lt;&amp;⟧"),
            (#"{{ js (print "<" .Z) }}"#, #"\u003C⟦\u003C\u0026⟧"#), (#"{{ urlquery "<" .Z }}"#, "%3C⟦%3C%26⟧"),
            (#"{{ slice (print "a" .X) 1 }}"#, "⟦bc⟧"), (#"{{ slice (print "a" .X) 0 2 }}"#, "a⟦b⟧"),
            ("{{ json .X }}", "⟦\"bc\"⟧"),
            (#"{{ json "a" }}"#, "\"a\""), ("{{ .M }}", "map[⟦k⟧:⟦v⟧]"),
            ("{{ range $k, $v := .M }}{{ $k }}={{ $v }}{{ end }}", "⟦k⟧=⟦v⟧"),
            ("{{ with $y := .X }}{{ $y }}{{ end }}", "⟦bc⟧"),
            (#"{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" .X }}"#, "<⟦bc⟧>"),
            ("{{ len .X }}", "2"), (#"{{ eq .X "bc" }}"#, "true"), (#"{{ or "" .X }}"#, "⟦bc⟧"),
            (#"{{ printf "%x" .X }}"#, "6263"),
            ("{{ slice .Y 1 }}", "⟦\u{FFFD} ñ⟧"), (#"{{ index .L 0 }}-{{ index .L 1 }}"#, "⟦p⟧-1"),
            ("{{ .L }}", "[⟦p⟧ 1]"),
        ])
    func go(template: String, expected: String) throws {
        let root: JSONValue = ["X": "bc", "Y": "é ñ", "Z": "<&", "M": ["k": "v"], "L": ["p", 1]]
        #expect(shown(try GoTemplate(template).render(GoValue(json: root))) == expected)
    }

    @Test("slices and sums of marked texts are those of their letters, in any order")
    func properties() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            // Capital letters are contents, small ones are not.
            var text = MarkedText.literal("")
            var plain = ""
            for _ in 0..<Int.random(in: 0..<12, using: &generator) {
                let isContent = Bool.random(using: &generator)
                let piece = String(
                    repeating: isContent
                        ? ["A", "É", "Ж"][Int.random(in: 0..<3, using: &generator)]
                        : ["a", "é", "ж"][Int.random(in: 0..<3, using: &generator)],
                    count: Int.random(in: 0..<4, using: &generator))
                text.append(MarkedText(piece, isContent: isContent))
                plain += piece
            }
            #expect(text.text == plain)
            let offsets = plain.unicodeScalars.indices.map { plain.utf8.distance(from: plain.startIndex, to: $0) }
            let ends = (offsets + [plain.utf8.count]).shuffled(using: &generator).prefix(2).sorted()
            let slice = ends.count == 2 ? text.slice(ends[0]..<ends[1]) : text
            for part in [text, slice, slice + text, text + slice] {
                var expected: [Range<Int>] = []
                var offset = 0
                for scalar in part.text.unicodeScalars {
                    let end = offset + UTF8.width(scalar)
                    if scalar.properties.isUppercase {
                        if let last = expected.last, last.upperBound == offset {
                            expected[expected.count - 1] = last.lowerBound..<end
                        } else {
                            expected.append(offset..<end)
                        }
                    }
                    offset = end
                }
                #expect(part.contents == expected)
                #expect(part.holdsContent == !expected.isEmpty)
            }
        }
    }
}
