#!/usr/bin/env python3
"""Describes small models for the tests of hostile files and for listings of programs: metadata without the tokenizer, and the name, type
and shape of each tensor, as Tests/Vectors/families/NAME.json.

    describe_models.py ../shared/conformance/models/* Tests/Vectors/models/*
"""
import json
import pathlib
import sys

from gguf import GGUFReader

FAMILIES = pathlib.Path(__file__).resolve().parents[2] / "Tests/Vectors/families"
# Families that the engine does not have yet.
UNSUPPORTED = {"gemma4", "qwen35"}
# What no family reads.
LEFT_OUT = ("tokenizer.", "GGUF.", "general.")


def described(field):
    """{"uint32": 2}, or {"uint32s": [2, 3]} for an array."""
    kind = field.types[-1].name.lower()
    is_array = field.types[0].name == "ARRAY"
    return {kind + "s" if is_array else kind: field.contents()}


def describe(folder):
    reader = GGUFReader(folder / "model.gguf")
    fields = {key: field for key, field in reader.fields.items() if not key.startswith(LEFT_OUT)}
    fields["general.architecture"] = reader.fields["general.architecture"]
    metadata = {key: described(field) for key, field in sorted(fields.items())}
    tensors = {
        tensor.name: [tensor.tensor_type.name, *map(int, tensor.shape)]
        for tensor in sorted(reader.tensors, key=lambda tensor: tensor.name)
    }
    parts = {"metadata": metadata, "tensors": tensors}
    text = "{" + ",".join(
        f'\n"{name}": {{\n' + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in part.items()) + "\n}"
        for name, part in parts.items()
    ) + "\n}\n"
    (FAMILIES / f"{folder.name}.json").write_text(text)


for folder in map(pathlib.Path, sys.argv[1:]):
    golden = json.loads((folder / "golden.json").read_text()) if (folder / "golden.json").exists() else {}
    if golden.get("kind") in ("lm", "embd") and folder.name not in UNSUPPORTED:
        describe(folder)
