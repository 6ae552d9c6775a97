#!/usr/bin/env python3
"""Writes Sources/Formats/Tokenization/Unicode/ScalarClassRuns.swift: the classes of all Unicode scalars as runs.

Needs the package unicodedata2, whose version is that of the Unicode data: pip install unicodedata2==15.1.0, which are the
classes that llama.cpp has.
"""
import pathlib

import unicodedata2

BITS = {"L": 1, "N": 2, "M": 4, "P": 8, "S": 16, "C": 64}
WHITE_SPACE_BIT = 32
# The property White_Space, which Python does not offer.
WHITE_SPACE = {
    *range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
}


def classes(scalar):
    category = unicodedata2.category(chr(scalar))
    if scalar in WHITE_SPACE:
        return WHITE_SPACE_BIT
    return 0 if category == "Cn" else BITS.get(category[0], 0)


runs = []
last = None
for scalar in range(0x110000):
    now = classes(scalar)
    if now != last:
        runs.append(f"0x{scalar << 8 | now:X}")
        last = now

lines = []
line = "   "
for run in runs:
    if len(line) + len(run) + 2 > 120:
        lines.append(line)
        line = "   "
    line += f" {run},"
lines.append(line)

target = pathlib.Path(__file__).parents[2] / "Sources/Formats/Tokenization/Unicode/ScalarClassRuns.swift"
target.write_text(
    f"""// Made by Scripts/unicode/scalar_classes.py from Unicode {unicodedata2.unidata_version}; not to be edited.

/// Where runs of scalars of the same classes begin, and their classes in the lowest byte.
// swift-format-ignore
let scalarClassRuns: [UInt32] = [
"""
    + "\n".join(lines)
    + "\n]\n"
)
print(len(runs), "runs of Unicode", unicodedata2.unidata_version)
