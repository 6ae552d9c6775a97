"""Forms of answers that mean to take time or memory: JSON schemas, grammars, regular expressions, definitions of tools."""
import json
import sys

# The writer of JSON recurses.
sys.setrecursionlimit(30000)


def nested(depth, wrap, inner):
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def schemas():
    """Names and schemas."""
    text = {"type": "string"}
    members = {f"member{i}": text for i in range(2000)}
    yield "a reference to itself", {"$ref": "#"}
    yield "references in a circle", {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    yield "a circle through anyOf", {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}
    yield "a circle through allOf", {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}, text]}}, "$ref": "#/$defs/a"}
    yield "a tree of objects that never ends", {
        "$defs": {"a": {"type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}, "required": ["x"]}}, "$ref": "#/$defs/a"}
    yield "doubling allOf", {
        "$defs": {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(30)} | {"d30": text}, "$ref": "#/$defs/d0"}
    yield "doubling anyOf", {
        "$defs": {f"d{i}": {"anyOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(30)} | {"d30": text}, "$ref": "#/$defs/d0"}
    yield "allOf of anyOf", {"allOf": [{"anyOf": [{"minimum": i * 10 + j} for j in range(10)]} for i in range(12)]}
    yield "allOf of objects of anyOf", {"allOf": [
        {"anyOf": [{"properties": {f"p{i}": {"const": j}}, "required": [f"p{i}"]} for j in range(8)]} for i in range(10)]}
    yield "oneOf of many", {"oneOf": [{"type": "integer", "multipleOf": i + 2} for i in range(300)]}
    yield "deep arrays", nested(5000, lambda inner: {"type": "array", "items": inner}, text)
    yield "deep properties", nested(3000, lambda inner: {"properties": {"a": inner}}, text)
    yield "deep not", nested(150, lambda inner: {"not": inner}, text)
    yield "deep if", nested(100, lambda inner: {"if": inner, "then": inner if len(json.dumps(inner)) < 9999 else text}, text)
    yield "many optional members", {"type": "object", "properties": members}
    yield "many members", {"type": "object", "properties": members, "required": list(members)}
    yield "many values", {"enum": [f"value {i}" for i in range(50000)]}
    yield "values that are long", {"enum": ["x" * 200000, "y" * 200000]}
    yield "many patterns", {"type": "object", "patternProperties": {f"^{'a' * i}.*b": text for i in range(60)}}
    yield "many alternatives", {"anyOf": [{"type": "object", "properties": {f"k{i}": text}} for i in range(3000)]}
    yield "a long text", {"type": "string", "minLength": 1 << 30}
    yield "lengths without end", {"type": "string", "minLength": 1 << 80}
    yield "a long list", {"type": "array", "items": text, "minItems": 1 << 40}
    yield "unique items of many values", {"type": "array", "uniqueItems": True, "items": {"enum": list(range(64))}}
    yield "a tiny divisor", {"type": "number", "multipleOf": 1e-300}
    yield "a large divisor", {"type": "integer", "multipleOf": 9007199254740881}
    yield "divisors together", {"type": "integer", "allOf": [{"multipleOf": prime} for prime in (9973, 9967, 9949, 9941)]}
    yield "long bounds", {"type": "integer", "minimum": int("1" * 300), "maximum": int("9" * 300)}
    yield "a pattern of counts", {"type": "string", "pattern": "^([a-z]{1,1000}){1,1000}$", "maxLength": 5000}
    yield "a pattern of a million letters", {"type": "string", "pattern": "^[a-z]{1,1000000}$", "maxLength": 5000}
    yield "a pattern that backtracks", {"type": "string", "pattern": "^(a|a)*(a*)*b$", "minLength": 30, "maxLength": 90}
    yield "patterns together", {"allOf": [{"type": "string", "pattern": f"a.{{{i}}}b"} for i in range(1, 25)]}
    yield "a pattern of far letters", {"type": "string", "pattern": "a.{40}b", "maxLength": 200}
    yield "a keyword that is unknown", {"type": "string", "unevaluated": {"a": 1}}


def grammars():
    yield "left recursion", "root ::= root \"a\" | \"b\""
    yield "hidden left recursion", "root ::= x root | \"b\"\nx ::= \"a\"?"
    yield "a circle", "root ::= a\na ::= b\nb ::= a"
    yield "ambiguity", "root ::= s\ns ::= \"x\" | \"x\" s | \"x\" s s"
    yield "many readings", "root ::= (\"a\" | \"a\" \"a\" | \"a\"*)* \"b\""
    yield "counts in counts", "root ::= ((([a-z]{0,999}){0,999}){0,999}){0,999}"
    yield "a large count", "root ::= (\"ab\" | \"cd\"){1000000000}"
    yield "doubling rules", "\n".join(f"r{i} ::= r{i + 1} r{i + 1}" for i in range(40)) + "\nr40 ::= \"a\"\nroot ::= r0"
    yield "deep groups", "root ::= " + "(" * 20000 + "\"a\"" + ")" * 20000
    yield "many rules", "root ::= " + " | ".join(f"r{i}" for i in range(20000)) + "\n" + "\n".join(
        f"r{i} ::= \"{i}\" root?" for i in range(20000))
    yield "a text that does not end", "root ::= \"aaaa"
    yield "a large class", "root ::= [" + "".join(f"\\U0001{i:04x}" for i in range(0, 20000, 2)) + "]*"
    yield "empty repetitions", "root ::= (\"\"* \"\"*)* \"a\""


def regexes():
    yield "a million of a million", "(a{1,1000000}){1,1000000}"
    yield "nested stars", "((((a*)*)*)*)*b"
    yield "deep groups", "(" * 20000 + "a" + ")" * 20000
    yield "many alternatives", "|".join(f"w{i}x" for i in range(30000))
    yield "a look-behind", "(?<=a)b"
    yield "a back reference", "(a)\\1"
    yield "look-aheads together", "".join(f"(?=.*{chr(97 + i)}.{{{i}}})" for i in range(20)) + ".*"
    yield "far letters", "(.*a.{30}b){20}"


def bodies():
    """For each form its name and the fields of a request."""
    for name, schema in schemas():
        yield f"schema: {name}", {"format": schema}
    for name, grammar in grammars():
        yield f"grammar: {name}", {"grammar": grammar}
    for name, regex in regexes():
        yield f"regex: {name}", {"regex": regex}
