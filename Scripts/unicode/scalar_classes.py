#!/usr/bin/env python3
"""Writes Sources/Formats/Tokenization/Unicode/ScalarClassRuns.swift: the classes of all Unicode scalars as runs.

Needs the package unicodedata2, whose version is that of the Unicode data (pip install unicodedata2==16.0.0).
"""
import pathlib

import unicodedata2

BITS = {
    "Lu": 1, "Lt": 1, "Ll": 2, "Lm": 4, "Lo": 4, "Nd": 8, "Nl": 8, "No": 8, "Mn": 16, "Mc": 16, "Me": 16,
    "Pc": 32, "Pd": 32, "Ps": 32, "Pe": 32, "Pi": 32, "Pf": 32, "Po": 32, "Sm": 64, "Sc": 64, "Sk": 64, "So": 64,
}
# The property White_Space, which Python does not offer.
WHITE_SPACE = {
    *range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
}


def classes(scalar):
    return 128 if scalar in WHITE_SPACE else BITS.get(unicodedata2.category(chr(scalar)), 0)


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
