#!/usr/bin/env python3
"""Writes what transformers' multi-section rotations (M-RoPE) make of random heads: Tests/Vectors/rotary/sections.json.

    make_rotary.py
"""
import json
import pathlib

import torch
import transformers
from make_models import numbers
from transformers.models.qwen2_vl import modeling_qwen2_vl
from transformers.models.qwen3_vl import modeling_qwen3_vl

OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Vectors/rotary/sections.json"
ROWS, HEADS, LARGEST = 4, 2, 200
CASES = [("consecutive", 16, 1e4, [2, 3, 3]), ("consecutive", 32, 1e6, [8, 0, 8]), ("in turn", 16, 1e4, [3, 3, 2]),
         ("in turn", 32, 5e5, [8, 4, 4])]


def rotated(order, width, base, sections, positions, rows):
    sizes = dict(hidden_size=width * HEADS, num_attention_heads=HEADS,
                 rope_parameters=dict(rope_type="default", rope_theta=base, mrope_section=sections))
    if order == "consecutive":
        module, config = modeling_qwen2_vl, transformers.Qwen2VLConfig(text_config=sizes).text_config
        rotary = module.Qwen2VLRotaryEmbedding(config)
    else:
        module = modeling_qwen3_vl
        config = transformers.Qwen3VLConfig(text_config=sizes | dict(head_dim=width)).text_config
        rotary = module.Qwen3VLTextRotaryEmbedding(config)
    heads = rows.view(1, ROWS, HEADS, width).transpose(1, 2)
    cosines, sines = rotary(heads, positions[:, None])
    return module.apply_rotary_pos_emb(heads, heads, cosines, sines)[0].transpose(1, 2)


def main():
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(1)
    cases = []
    for order, width, base, sections in CASES:
        positions = torch.randint(0, LARGEST, (3, ROWS), generator=generator)
        rows = torch.tensor(numbers(torch.randn(ROWS * HEADS * width, generator=generator), 4))
        cases.append(dict(
            order=order, sections=sections, base=base, heads=HEADS, positions=positions.tolist(), input=numbers(rows, 4),
            output=numbers(rotated(order, width, base, sections, positions, rows).flatten())))
    lines = [",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in case.items()) for case in cases]
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("[\n" + ",\n".join(" {\n" + case + "\n }" for case in lines) + "\n]\n")


main()
