"""Random JSON schemas of the keywords that Apus supports, and values that match them, as Apus writes values."""
import json
import string

WORDS = ["id", "name", "kind", "size", "tags", "é", "a b", 'say "hi"', "back\\slash", "line\nend", "", "0", "名前", "😀"]
PATTERNS = [
    ("^[a-z]+$", ["a", "abc"]),
    ("[0-9]{2,}", ["12", "x123y"]),
    ("^(foo|bar)?-\\d{1,3}$", ["-1", "foo-123"]),
    ("^\\w+( \\w+)*$", ["a", "two words"]),
    ("^[^\\s\"]{2,5}$", ["ab", "né"]),
    ("x$", ["x", "yyx"]),
    ("^x|y$", ["xa", "ay"]),
    ("^(?=.*\\d)[a-z\\d]{2,4}$", ["a1", "99"]),
    ("^(?!no)[a-z]{2,3}$", ["yes", "na"]),
    ("\\.[ch]pp?$", ["a.cpp", ".h"]),
    ("^\\u0041\\x42?\\t*$", ["AB", "A\t"]),
    ("^.{3}$", ["abc", "a\u00e9\U0001F600"]),
]
FORMATS = {
    "date": ["2024-02-29", "1999-12-31"],
    "time": ["12:34:56Z", "00:00:00.5+01:30"],
    "date-time": ["2024-02-29T12:34:56Z"],
    "duration": ["P1Y2M3DT4H5M6S", "PT1M", "P2W"],
    "email": ["jo.e@example.org"],
    "hostname": ["example.org", "a"],
    "ipv4": ["127.0.0.1", "255.255.255.0"],
    "ipv6": ["::1", "2001:db8::ff00:42:8329", "1:2:3:4:5:6:7:8"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000"],
    "uri": ["https://example.org/a?b=c#d", "urn:isbn:1"],
    "uri-reference": ["/a/b", "#x", "a%20b"],
    "json-pointer": ["/a~1b/0", ""],
}


class Schemas:
    """Draws schemas; each comes with a function that draws a value which is meant to match."""

    def __init__(self, random):
        self.random = random
        self.definitions = {}

    def document(self):
        self.definitions = {}
        schema, value = self.any(3)
        if self.definitions:
            schema = {**schema, "$defs": self.definitions} if isinstance(schema, dict) else schema
        if self.random.random() < 0.2 and isinstance(schema, dict):
            schema = {"title": "A title", "description": "…", "$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        return schema, value

    def any(self, depth):
        kinds = [self.integer, self.number, self.string, self.boolean, self.null, self.constant, self.enumeration]
        if depth > 0:
            kinds += 3 * [self.object, self.array] + [
                self.any_of, self.one_of, self.all_of, self.union, self.reference, self.tuple, self.map, self.tree,
                self.unique, self.conditional, self.negation,
            ]
        return self.random.choice(kinds)(*([depth] if depth > 0 else [0]))

    # Scalars

    def null(self, depth):
        return {"type": "null"}, lambda: None

    def boolean(self, depth):
        return {"type": "boolean"}, lambda: self.random.random() < 0.5

    def integer(self, depth):
        r = self.random
        schema, low, high = {"type": "integer"}, -(10**6), 10**6
        if r.random() < 0.5:
            low = r.choice([0, 1, -5, 17, -1000, 99])
            if r.random() < 0.7:
                schema["minimum"] = low
            else:
                schema["exclusiveMinimum"] = low - 1
        if r.random() < 0.5:
            high = low + r.choice([0, 1, 9, 100, 123456]) if "m" in str(schema) and low > -(10**6) else r.choice([-7, 0, 40, 1000])
            if r.random() < 0.7:
                schema["maximum"] = high
            else:
                schema["exclusiveMaximum"] = high + 1
        step = 1
        if r.random() < 0.3:
            step = r.choice([2, 3, 5, 7, 10, 12, 60, 100])
            if -(-low // step) * step <= high:
                schema["multipleOf"] = step
            else:
                step = 1
        first = -(-low // step)
        return schema, lambda: r.randint(first, high // step) * step

    def number(self, depth):
        r = self.random
        schema = {"type": "number"}
        low, high = -1000, 1000
        if r.random() < 0.5:
            low = r.choice([0, 0.5, -1.25, 3, 99.9, -0.001])
            schema[r.choice(["minimum", "exclusiveMinimum"])] = low
        if r.random() < 0.5:
            high = low + r.choice([0.5, 1, 10, 333.333])
            high = round(high, 3)
            schema[r.choice(["maximum", "exclusiveMaximum"])] = high
        if r.random() < 0.3 and high - low >= 1:
            step = r.choice([0.01, 0.1, 0.25, 0.5, 1.5, 0.125, 5])
            places = len(str(step).partition(".")[2]) if isinstance(step, float) else 0
            if high - low >= 2 * step:
                schema["multipleOf"] = step
                return schema, lambda: self.plain(
                    round(r.randint(int(low / step) + 1, max(int(high / step), int(low / step) + 1)) * step, places))
        return schema, lambda: self.plain(round(r.uniform(low, high), 3))

    @staticmethod
    def plain(number):
        return int(number) if number == int(number) else number

    def string(self, depth):
        r = self.random
        kind = r.random()
        if kind < 0.25:
            pattern, examples = r.choice(PATTERNS)
            schema = {"type": "string", "pattern": pattern}
            if r.random() < 0.3:
                schema["maxLength"] = 12
            return schema, lambda: r.choice(examples)
        if kind < 0.45:
            name = r.choice(list(FORMATS))
            return {"type": "string", "format": name}, lambda: r.choice(FORMATS[name])
        schema, low, high = {"type": "string"}, 0, 8
        if r.random() < 0.4:
            low = schema["minLength"] = r.randint(0, 4)
        if r.random() < 0.4:
            high = schema["maxLength"] = low + r.randint(0, 6)
        return schema, lambda: "".join(
            r.choice(string.ascii_letters + '"\\\n\t\u00e9\u4e00\U0001F600 /') for _ in range(r.randint(low, high)))

    def value(self, depth=2):
        r = self.random
        kind = r.randint(0, 7 if depth else 5)
        if kind == 0:
            return None
        if kind == 1:
            return r.random() < 0.5
        if kind == 2:
            return r.randint(-20, 2000)
        if kind == 3:
            return r.choice([0.5, -2.25, 0.001, 123.456])
        if kind < 6:
            return r.choice(WORDS)
        if kind == 6:
            return [self.value(depth - 1) for _ in range(r.randint(0, 3))]
        return {r.choice(WORDS): self.value(depth - 1) for _ in range(r.randint(0, 3))}

    def constant(self, depth):
        value = self.value()
        return {"const": value}, lambda: value

    def enumeration(self, depth):
        values = [self.value(1) for _ in range(self.random.randint(1, 6))]
        return {"enum": values}, lambda: self.random.choice(values)

    # Containers

    def object(self, depth):
        r = self.random
        names = r.sample(WORDS, r.randint(0, 4))
        members = {name: self.any(depth - 1) for name in names}
        required = [name for name in names if r.random() < 0.6]
        schema = {"type": "object", "properties": {name: member[0] for name, member in members.items()}}
        if required or r.random() < 0.5:
            schema["required"] = required
        extra = None
        if r.random() < 0.4:
            schema["additionalProperties"] = False
        elif r.random() < 0.3:
            schema["additionalProperties"], extra = self.any(0)
        most = len(names) + 2
        if r.random() < 0.2:
            most = schema["maxProperties"] = max(len(required), r.randint(1, 4))
        if r.random() < 0.2 and names:
            schema["minProperties"] = min(max(len(required), 1), most)
        if r.random() < 0.1 and len(names) > 1:
            schema["dependentRequired"] = {names[0]: [names[1]]}

        def draw():
            result = {}
            for name, member in members.items():
                if name in required or r.random() < 0.5 and len(result) < most - len(required):
                    result[name] = member[1]()
            if extra and r.random() < 0.5 and len(result) < most:
                result["extra"] = extra()
            return result

        return schema, draw

    def map(self, depth):
        r = self.random
        inner, value = self.any(depth - 1)
        if r.random() < 0.5:
            schema, names = {"type": "object", "additionalProperties": inner}, WORDS
        else:
            pattern, names = r.choice(PATTERNS)
            if r.random() < 0.5:
                schema = {"type": "object", "patternProperties": {pattern: inner}, "additionalProperties": False}
            else:
                schema = {"type": "object", "additionalProperties": inner, "propertyNames": {"pattern": pattern}}
        return schema, lambda: {name: value() for name in r.sample(names, r.randint(0, min(2, len(names))))}

    def array(self, depth):
        r = self.random
        inner, value = self.any(depth - 1)
        schema, low, high = {"type": "array", "items": inner}, 0, 3
        if r.random() < 0.4:
            low = schema["minItems"] = r.randint(0, 3)
            high = low + 3
        if r.random() < 0.4:
            high = schema["maxItems"] = low + r.randint(0, 3)
        return schema, lambda: [value() for _ in range(r.randint(low, high))]

    def tuple(self, depth):
        r = self.random
        parts = [self.any(depth - 1) for _ in range(r.randint(1, 3))]
        schema = {"type": "array", "prefixItems": [part[0] for part in parts]}
        rest = None
        if r.random() < 0.4:
            schema["items"], rest = self.any(0)
        elif r.random() < 0.4:
            schema["items"] = False
        low = 0
        if r.random() < 0.5:
            low = schema["minItems"] = len(parts)

        def draw():
            items = [part[1]() for part in parts[: r.randint(low, len(parts))]]
            if rest and len(items) == len(parts):
                items += [rest() for _ in range(r.randint(0, 2))]
            return items

        return schema, draw

    def unique(self, depth):
        r = self.random
        values = r.sample(["a", "b", "c", "d", "e", 1, 2, None, True], r.randint(2, 6))
        schema = {"type": "array", "items": {"enum": values}, "uniqueItems": True}
        low = 0
        if r.random() < 0.5:
            low = schema["minItems"] = r.randint(0, 2)
        return schema, lambda: r.sample(values, r.randint(low, len(values)))

    # Applicators

    def union(self, depth):
        r = self.random
        types = {"string": lambda: r.choice(WORDS), "integer": lambda: r.randint(-9, 9), "null": lambda: None,
                 "boolean": lambda: True, "number": lambda: 0.5}
        names = r.sample(list(types), r.randint(1, 4))
        return {"type": names}, lambda: types[r.choice(names)]()

    def any_of(self, depth):
        parts = [self.any(depth - 1) for _ in range(self.random.randint(1, 3))]
        return {"anyOf": [part[0] for part in parts]}, lambda: self.random.choice(parts)[1]()

    def one_of(self, depth):
        r = self.random
        if r.random() < 0.4:
            parts = [r.choice([self.integer, self.string, self.enumeration, self.null, self.array])(depth - 1 or 1)
                     for _ in range(r.randint(1, 3))]
            return {"oneOf": [part[0] for part in parts]}, lambda: r.choice(parts)[1]()
        names = r.sample(["cat", "dog", "bird"], r.randint(2, 3))
        parts = {}
        for name in names:
            inner, value = self.any(depth - 1)
            parts[name] = (inner, value)
        schema = {"oneOf": [
            {"type": "object", "properties": {"kind": {"const": name}, "value": parts[name][0]}, "required": ["kind", "value"]}
            for name in names
        ]}

        def draw():
            name = r.choice(names)
            return {"kind": name, "value": parts[name][1]()}

        return schema, draw

    def all_of(self, depth):
        r = self.random
        if r.random() < 0.3:
            low, high = r.randint(-5, 5), r.randint(6, 20)
            return {"allOf": [{"type": "integer"}, {"minimum": low}, {"maximum": high}]}, lambda: r.randint(low, high)
        if r.random() < 0.3:
            pattern, examples = r.choice(PATTERNS)
            return {"allOf": [{"type": "string", "minLength": 1}, {"pattern": pattern}], "maxLength": 9}, lambda: r.choice(examples)
        names = r.sample(WORDS, 4)
        members = {name: self.any(depth - 1) for name in names}
        half = {name: members[name][0] for name in names[:2]}, {name: members[name][0] for name in names[2:]}
        schema = {"type": "object", "allOf": [
            {"properties": half[0], "required": names[:1]},
            {"anyOf": [{"properties": half[1], "required": names[2:3]}, {"required": names[3:], "properties": half[1]}]},
        ]}
        return schema, lambda: {name: members[name][1]() for name in names}

    def reference(self, depth):
        inner, value = self.any(depth - 1)
        name = f"d{len(self.definitions)}"
        self.definitions[name] = inner
        return {"$ref": f"#/$defs/{name}"}, value

    def tree(self, depth):
        r = self.random
        inner, value = self.any(0)
        name = f"tree{len(self.definitions)}"
        self.definitions[name] = {
            "type": "object",
            "properties": {"value": inner, "children": {"type": "array", "items": {"$ref": f"#/$defs/{name}"}}},
            "required": ["value"],
        }

        def draw(levels=2):
            result = {"value": value()}
            if levels and r.random() < 0.7:
                result["children"] = [draw(levels - 1) for _ in range(r.randint(0, 2))]
            return result

        return {"$ref": f"#/$defs/{name}"}, draw

    def conditional(self, depth):
        r = self.random
        yes, value = self.any(depth - 1)
        no, other = self.any(depth - 1)
        schema = {
            "type": "object",
            "properties": {"kind": {"enum": ["a", "b"]}, "value": {}},
            "required": ["kind", "value"],
            "if": {"properties": {"kind": {"const": "a"}}},
            "then": {"properties": {"value": yes}},
            "else": {"properties": {"value": no}},
        }

        def draw():
            kind = r.choice("ab")
            return {"kind": kind, "value": value() if kind == "a" else other()}

        return schema, draw

    def negation(self, depth):
        r = self.random
        kind = r.randint(0, 2)
        if kind == 0:
            return {"type": "string", "not": {"enum": ["a", "b"]}}, lambda: r.choice(["c", "ab", ""])
        if kind == 1:
            return {"type": "integer", "minimum": 0, "not": {"multipleOf": 3}}, lambda: 3 * r.randint(0, 50) + 1
        return {"type": ["string", "integer", "null"], "not": {"type": "string", "maxLength": 2}}, lambda: r.choice(
            ["abc", 7, None])


def text(value):
    """As Apus writes it where there is a choice: no white space, nothing escaped that need not be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
