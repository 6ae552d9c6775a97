#!/usr/bin/env python3
"""Writes Sources/Formats/Tokenization/Unicode/ScalarMappingRuns.swift: small letters and letters without accents, as runs.

Needs the package unicodedata2, whose version is that of the Unicode data: pip install unicodedata2==15.1.0, which are the
mappings that llama.cpp has.
"""
import pathlib

import unicodedata2


def lowercase(scalar):
    return ord(chr(scalar).lower()[0])


def base(scalar):
    """The first scalar of the canonical decomposition; Hangul, which is computed, left out."""
    if 0xAC00 <= scalar <= 0xD7A3:
        return scalar
    return ord(unicodedata2.normalize("NFD", chr(scalar))[0])


def runs(mapping):
    """(first, last, step, target of the first, step of the targets) of scalars that are mapped in the same way."""
    pairs = [(s, mapping(s)) for s in range(0x110000) if not 0xD800 <= s < 0xE000 and mapping(s) != s]
    result = []
    for scalar, target in pairs:
        if result:
            first, last, step, start, target_step = result[-1]
            gap = scalar - last
            if first == last and gap in (1, 2) and 0 <= target - start <= gap:
                result[-1] = (first, scalar, gap, start, target - start)
                continue
            if gap == step and target == start + (scalar - first) // step * target_step:
                result[-1] = (first, scalar, step, start, target_step)
                continue
        result.append((scalar, scalar, 1, target, 0))
    for first, last, step, start, target_step in result:
        for scalar in range(first, last + 1, step):
            assert mapping(scalar) == start + (scalar - first) // step * target_step
    assert sum((last - first) // step + 1 for first, last, step, _, _ in result) == len(pairs)
    return result


def written(name, about, mapping):
    lines, line = [], "   "
    rows = runs(mapping)
    for first, last, step, start, target_step in rows:
        cell = f"0x{first:X}, 0x{(last - first) << 8 | step << 4 | target_step:X}, 0x{start:X},"
        if len(line) + len(cell) + 1 > 120:
            lines.append(line)
            line = "   "
        line += f" {cell}"
    lines.append(line)
    print(len(rows), "runs of", name)
    return f"\n/// {about}\n// swift-format-ignore\nlet {name}: [UInt32] = [\n" + "\n".join(lines) + "\n]\n"


target = pathlib.Path(__file__).parents[2] / "Sources/Formats/Tokenization/Unicode/ScalarMappingRuns.swift"
target.write_text(
    f"""// Made by Scripts/unicode/scalar_mappings.py from Unicode {unicodedata2.unidata_version}; not to be edited.
//
// Three numbers for each run of mapped scalars: the first scalar; how far the last is from it, the step between scalars and
// the step between what they become (24, 4 and 4 bits); what the first becomes.
"""
    + written("lowercaseRuns", "What letters become in small.", lowercase)
    + written("baseRuns", "What scalars become without their accents.", base)
)
