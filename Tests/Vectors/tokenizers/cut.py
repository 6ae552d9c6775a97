#!/usr/bin/env python3
"""Cuts llama.cpp's vocabulary files to the tokens that their test texts can reach (pip install gguf).

    cut.py FOLDER [NAME ...]     where FOLDER/<name>/ holds ggml-vocab-<name>.gguf and tokens.json

A merge that matters to a text makes a piece of that text, so tokens whose bytes occur in no text can go. Tokens get new
numbers, in the same order; the expected lists follow.
"""
import json
import pathlib
import sys
import unicodedata

import gguf

NAMES = ["bert-bge", "gpt-2", "llama-bpe", "qwen2", "llama-spm", "phi-3", "falcon", "starcoder", "deepseek-coder"]
MOST_SPECIAL = 40


def alphabet():
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {chr(byte): byte for byte in shown} | {chr(256 + i): byte for i, byte in enumerate(hidden)}


ALPHABET = alphabet()


def meaning(model, text):
    """The bytes that a token stands for, or None."""
    if model == "bert":
        return text.replace("▁", "").encode()
    if model == "llama":
        return text.replace("▁", " ").encode()
    return bytes(ALPHABET[c] for c in text) if all(c in ALPHABET for c in text) else None


def bare(text):
    """Small letters without accents, which is what BERT sees."""
    return "".join(unicodedata.normalize("NFD", c)[0].lower() for c in text)


def cut(source, target):
    name = source.name
    reader = gguf.GGUFReader(source / f"ggml-vocab-{name}.gguf")
    fields = {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")}
    vectors = json.loads((source / "tokens.json").read_text())
    model = fields["tokenizer.ggml.model"]
    tokens = fields["tokenizer.ggml.tokens"]
    kinds = fields["tokenizer.ggml.token_type"]
    merges = fields.get("tokenizer.ggml.merges", [])
    texts = b"\0".join(
        [s["text"].encode() for s in vectors["strings"]] + [bytes.fromhex(r["hex"]) for r in vectors["raw_bytes"]]
    )
    texts += "\ufffd\ufffd\ufffd\ufffd".encode()
    if model == "bert":
        texts += bare(texts.decode(errors="replace")).encode()
        # The file leaves it to the model's kind which number this token has.
        fields["tokenizer.ggml.bos_token_id"] = vectors["vocab"]["bos"]

    def occurs(piece):
        """Whether a text has the piece, or would with the space that SentencePiece puts before it."""
        return piece is not None and (piece in texts or piece[:1] == b" " and piece[1:] in texts)

    wanted = {p["id"] for p in vectors["pieces"][::4]} | set(vectors["vocab"]["eog"])
    wanted |= {fields[key] for key in fields if key.endswith("_token_id")}
    for row in vectors["strings"] + vectors["raw_bytes"]:
        for key, ids in row.items():
            if key.startswith("tokens"):
                wanted |= set(ids)
    special = 0
    for token, (text, kind) in enumerate(zip(tokens, kinds)):
        piece = meaning(model, text)
        if kind == 6 or len(piece or b"") == 1 or occurs(piece):
            wanted.add(token)
        elif kind != 1 and special < MOST_SPECIAL:
            wanted.add(token)
            special += 1
    kept = sorted(wanted)
    number = {token: index for index, token in enumerate(kept)}

    def reachable(merge):
        left, right = merge[1:].split(" ", 1)
        return occurs(meaning(model, merge[0] + left + right))

    merges = [merge for merge in merges if reachable(merge)]
    target.mkdir(exist_ok=True)
    writer = gguf.GGUFWriter(target / f"ggml-vocab-{name}.gguf", fields["general.architecture"])
    for key, value in fields.items():
        if key == "general.architecture":
            continue
        types = reader.fields[key].types if key in reader.fields else [gguf.GGUFValueType.UINT32]
        kind = types[0]
        if key == "tokenizer.ggml.merges":
            value = merges
        elif kind == gguf.GGUFValueType.ARRAY and len(value) == len(tokens):
            value = [value[token] for token in kept]
        elif key.endswith("_token_id"):
            value = number[value]
        writer.add_key_value(key, value, kind, types[-1] if kind == gguf.GGUFValueType.ARRAY else None)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()

    roles = vectors["vocab"]
    for role in ["bos", "eos"]:
        roles[role] = number.get(roles[role], -1)
    roles["n"] = len(kept)
    roles["eog"] = sorted(number[token] for token in roles["eog"])
    roles = {key: roles[key] for key in ["n", "bos", "eos", "add_bos", "add_eos", "eog"]}
    strings = []
    for row in vectors["strings"]:
        strings.append({
            key: [number[token] for token in value] if key.startswith("tokens") else value
            for key, value in row.items() if key != "second_reference_differs"
        })
    result = {
        "reference": vectors["reference"],
        "vocab": roles,
        "strings": strings,
        "raw_bytes": [{"hex": r["hex"], "tokens": [number[t] for t in r["tokens"]]} for r in vectors["raw_bytes"]],
        "pieces": [p | {"id": number[p["id"]]} for p in vectors["pieces"] if p["id"] in number],
    }
    (target / "tokens.json").write_text(json.dumps(result, ensure_ascii=False, indent=0))
    print(name, len(tokens), "->", len(kept), "tokens,", len(merges), "merges")


for name in sys.argv[2:] or NAMES:
    cut(pathlib.Path(sys.argv[1]) / name, pathlib.Path(__file__).parent / name)
