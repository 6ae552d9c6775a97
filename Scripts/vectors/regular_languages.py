#!/usr/bin/env python3
"""Writes Tests/Vectors/regular/languages.json: random regular languages, and what Python's `re` says of random texts.

    python3 Scripts/vectors/regular_languages.py Tests/Vectors/regular/languages.json
"""

import json
import random
import re
import sys

LETTERS = "abé語😀"
RANDOM = random.Random(7)


def text(longest):
    return "".join(RANDOM.choice(LETTERS) for _ in range(RANDOM.randint(0, longest)))


def language(depth):
    kind = RANDOM.choice(["literal", "set"] if depth == 0 else ["literal", "set", "sequence", "choice", "repetition"])
    if kind == "literal":
        return [kind, text(2)]
    if kind == "set":
        ends = sorted(RANDOM.choice([0x61, 0x62, 0x7F, 0x80, 0xE9, 0x7FF, 0x800, 0x8A9E, 0xFFFF, 0x1F600]) for _ in "12")
        return [kind, *ends]
    if kind == "repetition":
        least = RANDOM.randint(0, 2)
        return [kind, language(depth - 1), least, RANDOM.choice([None, least, least + 1, least + 2])]
    return [kind, *[language(depth - 1) for _ in range(RANDOM.randint(1, 3))]]


def pattern(language):
    kind, *parts = language
    if kind == "literal":
        return re.escape(parts[0])
    if kind == "set":
        return f"[\\U{parts[0]:08x}-\\U{parts[1]:08x}]"
    if kind == "sequence":
        return "".join(f"(?:{pattern(part)})" for part in parts)
    if kind == "choice":
        return "|".join(f"(?:{pattern(part)})" for part in parts)
    part, least, most = parts
    return f"(?:{pattern(part)}){{{least},{'' if most is None else most}}}"


def boolean(depth):
    if depth == 0 or RANDOM.random() < 0.5:
        return language(3)
    if RANDOM.random() < 0.4:
        return ["not", boolean(depth - 1)]
    return ["and", boolean(depth - 1), boolean(depth - 1)]


def matches(language, text):
    kind, *parts = language
    if kind == "not":
        return not matches(parts[0], text)
    if kind == "and":
        return all(matches(part, text) for part in parts)
    return re.fullmatch(pattern(language), text) is not None


def main():
    cases = []
    while len(cases) < 300:
        sample = boolean(2)
        answers = {candidate: matches(sample, candidate) for candidate in (text(5) for _ in range(60))}
        yes = sorted(candidate for candidate, answer in answers.items() if answer)[:5]
        no = sorted(candidate for candidate, answer in answers.items() if not answer)[:5]
        if yes and no:
            cases.append({"language": sample, "matches": yes, "refuses": no})
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")


main()
