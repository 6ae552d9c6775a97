#!/usr/bin/env python3
"""Writes models of the shapes of well-known families with random weights in f16, six layers of each.

    PYTHON Scripts/performance/shapes.py SHAPE OUT.gguf --maker make_perf_models.py --vocabulary VOCAB.gguf

The tool beside the conformance data that makes Llama's and Qwen's shapes gives the noise and copies the vocabulary.
"""
import argparse
import importlib.util
import math

import gguf
import numpy as np

LAYERS = 6
F32, F16 = gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16


def linear(rows, columns):
    return (rows, columns), columns ** -0.5


def ones(*shape):
    return shape, np.ones(shape, dtype=np.float32)


def phi3_mini():
    """Phi-3-mini: fused matrices of queries, keys and values, and of gates and their partners."""
    d, heads, ffn = 3072, 32, 8192
    metadata = {"context_length": 4096, "embedding_length": d, "feed_forward_length": ffn,
                "attention.head_count": heads, "attention.head_count_kv": heads, "rope.dimension_count": d // heads,
                "rope.freq_base": 10000.0, "attention.layer_norm_rms_epsilon": 1e-5,
                "rope.scaling.original_context_length": 4096}
    layer = {"attn_norm.weight": ones(d), "attn_qkv.weight": linear(3 * d, d), "attn_output.weight": linear(d, d),
             "ffn_norm.weight": ones(d), "ffn_up.weight": linear(2 * ffn, d), "ffn_down.weight": linear(d, ffn)}
    return "phi3", 32064, metadata, [layer] * LAYERS, {"output.weight": linear(32064, d)}


def gemma2_2b():
    """Gemma 2 2B: windows in every other layer, soft caps, normalizations behind each part."""
    d, heads, kv, width, ffn = 2304, 8, 4, 256, 9216
    metadata = {"context_length": 8192, "embedding_length": d, "feed_forward_length": ffn,
                "attention.head_count": heads, "attention.head_count_kv": kv, "attention.key_length": width,
                "attention.value_length": width, "attention.sliding_window": 4096,
                "attention.layer_norm_rms_epsilon": 1e-6, "attn_logit_softcapping": 50.0,
                "final_logit_softcapping": 30.0}
    layer = {"attn_norm.weight": ones(d), "attn_q.weight": linear(heads * width, d),
             "attn_k.weight": linear(kv * width, d), "attn_v.weight": linear(kv * width, d),
             "attn_output.weight": linear(d, heads * width), "post_attention_norm.weight": ones(d),
             "ffn_norm.weight": ones(d), "ffn_gate.weight": linear(ffn, d), "ffn_up.weight": linear(ffn, d),
             "ffn_down.weight": linear(d, ffn), "post_ffw_norm.weight": ones(d)}
    return "gemma2", 256000, metadata, [layer] * LAYERS, {}


def granite4_tiny():
    """Granite 4 tiny: Mamba 2 mixers but for the last layer here (one of ten there), experts beside a shared one."""
    d, heads, kv, width, experts, ffn, shared = 1536, 12, 4, 128, 64, 512, 1024
    inner, states, mixers = 3072, 128, 48
    attends = [layer == LAYERS - 1 for layer in range(LAYERS)]
    metadata = {"context_length": 131072, "embedding_length": d, "feed_forward_length": ffn,
                "expert_shared_feed_forward_length": shared, "expert_count": experts, "expert_used_count": 6,
                "attention.head_count": heads, "attention.head_count_kv": [kv if here else 0 for here in attends],
                "attention.layer_norm_rms_epsilon": 1e-5, "attention.scale": 0.0078125, "embedding_scale": 12.0,
                "residual_scale": 0.22, "logit_scale": 6.0, "rope.dimension_count": width, "rope.freq_base": 10000.0,
                "rope.scaling.finetuned": False, "ssm.conv_kernel": 4, "ssm.inner_size": inner,
                "ssm.state_size": states, "ssm.time_step_rank": mixers, "ssm.group_count": 1}
    channels = inner + 2 * states
    mixer = {"ssm_in.weight": linear(inner + channels + mixers, d), "ssm_conv1d.weight": ((channels, 4), 0.5),
             "ssm_conv1d.bias": ((channels,), 0.1), "ssm_dt.bias": ((mixers,), 0.1),
             "ssm_a": ((mixers, 1), -np.linspace(1, 16, mixers, dtype=np.float32)[:, None]), "ssm_d": ones(mixers, 1),
             "ssm_norm.weight": ones(1, inner), "ssm_out.weight": linear(d, inner)}
    attention = {"attn_q.weight": linear(heads * width, d), "attn_k.weight": linear(kv * width, d),
                 "attn_v.weight": linear(kv * width, d), "attn_output.weight": linear(d, heads * width)}
    network = {"attn_norm.weight": ones(d), "ffn_norm.weight": ones(d), "ffn_gate_inp.weight": linear(experts, d),
               "ffn_gate_exps.weight": ((experts, ffn, d), d ** -0.5),
               "ffn_up_exps.weight": ((experts, ffn, d), d ** -0.5),
               "ffn_down_exps.weight": ((experts, d, ffn), ffn ** -0.5), "ffn_gate_shexp.weight": linear(shared, d),
               "ffn_up_shexp.weight": linear(shared, d), "ffn_down_shexp.weight": linear(d, shared)}
    return "granitehybrid", 100352, metadata, [(attention if here else mixer) | network for here in attends], {}


SHAPES = {"phi3-mini": phi3_mini, "gemma2-2b": gemma2_2b, "granite4-tiny": granite4_tiny}


def kind(name, shape):
    """Matrices are f16; vectors, routers and what a mixer keeps for each channel or head stay f32."""
    is_small = len(shape) == 1 or shape[-1] == 1 or any(part in name for part in ("gate_inp", "conv1d", "ssm_norm"))
    return F32 if is_small else F16


def write(shape, out, maker, vocabulary):
    family, tokens, metadata, layers, ends = SHAPES[shape]()
    width = metadata["embedding_length"]
    tensors = {"token_embd.weight": ((tokens, width), 0.05), "output_norm.weight": ones(width)} | ends
    for index, layer in enumerate(layers):
        tensors |= {f"blk.{index}.{name}": value for name, value in layer.items()}
    writer = gguf.GGUFWriter(out, family)
    for key, value in ({"block_count": len(layers), "vocab_size": tokens} | metadata).items():
        add = {bool: writer.add_bool, float: writer.add_float32, list: writer.add_array}
        add.get(type(value), writer.add_uint32)(f"{family}.{key}", value)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    maker.copy_tokenizer(writer, vocabulary, tokens)
    for name, (dimensions, _) in tensors.items():
        stored = kind(name, dimensions)
        size = math.prod(dimensions) * (4 if stored == F32 else 2)
        writer.add_tensor_info(name, list(dimensions), np.dtype(np.float32), size, raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    noise = maker.Noise(1)
    for name, (dimensions, value) in tensors.items():
        values = value if isinstance(value, np.ndarray) else noise.take(dimensions, value)
        writer.write_tensor_data(values.astype(np.float16) if kind(name, dimensions) == F16 else values)
    writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("out")
    parser.add_argument("--maker", required=True)
    parser.add_argument("--vocabulary", required=True)
    arguments = parser.parse_args()
    specification = importlib.util.spec_from_file_location("maker", arguments.maker)
    maker = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(maker)
    write(arguments.shape, arguments.out, maker, arguments.vocabulary)


if __name__ == "__main__":
    main()
