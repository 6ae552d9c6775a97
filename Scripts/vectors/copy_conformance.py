#!/usr/bin/env python3
"""Copies small models of the conformance set to Tests/Vectors/models, with what transformers computes with them and no more.

    copy_conformance.py ../shared/conformance
"""
import json
import pathlib
import shutil
import sys

from make_models import MODELS, write

# The fewest that have every kind of operation that make_models.py's own models lack.
COPIED = ["gemma2", "gpt-oss", "bert"]
KEPT = {"id", "tokens", "hf"}


def copy(source):
    folder = MODELS / source.name
    folder.mkdir(exist_ok=True)
    shutil.copyfile(source / "model.gguf", folder / "model.gguf")
    (folder / "model.gguf").chmod(0o644)
    golden = json.loads((source / "golden.json").read_text())
    prompts = [{key: value for key, value in prompt.items() if key in KEPT} for prompt in golden["prompts"]]
    for prompt in prompts:
        prompt["hf"].pop("top10_last", None)
    kept = ("name", "kind", "hf_class", "features", "seed", "made_with", "pooling", "tolerance")
    write(folder / "golden.json", {key: golden[key] for key in kept if key in golden} | {"prompts": prompts})


for name in COPIED:
    copy(pathlib.Path(sys.argv[1]) / "models" / name)
