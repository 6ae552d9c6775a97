#!/usr/bin/env python3
"""Takes the tokenizers out of tiny models and writes what llama.cpp makes of texts with them (LIBLLAMA: see reference.py).

    models.py FOLDER     where FOLDER/<name>/model.gguf are the models of the conformance data
"""
import json
import pathlib
import sys

import gguf

import reference

HERE = pathlib.Path(__file__).parent
CHARSMAP = "tokenizer.ggml.precompiled_charsmap"
SPACES = "tokenizer.ggml.remove_extra_whitespaces"
PREFIX = "tokenizer.ggml.add_space_prefix"
# Folder, model, architecture, what is changed.
CASES = [
    ("t5", "t5", "t5", {}),
    ("xlm-roberta", "xlm-roberta", "jina-bert-v3", {CHARSMAP: None}),
    ("unigram-spaces", "t5", "t5", {CHARSMAP: None, SPACES: False}),
    ("unigram-bare", "t5", "t5", {CHARSMAP: None, SPACES: False, PREFIX: False}),
    ("gemma", "gemma", "gemma", {}),
    ("gemma4", "gemma4", "gemma4", {}),
]
TEXTS = [
    "", " ", "  ", "\n", "\t", "a", " a", "a ", "  a  b  ", "Hello world", "Hello, world! It's the license.", "THE SOFTWARE",
    "a\n\nb\n", "line\r\nline", "\u3000full\u3000width\u3000", "ＡＢＣ１２３", "ﬁne ﬂow", "①②③ ㍿ ½", "Å Å A\u030a", "ÀÉÎõü", "e\u0301",
    "\u200bzero\u200bwidth", "\u00a0no-break", "\ufdfa", "ｶﾞｷﾞ", "가각힣", "日本語 テスト", "中文字符", "Привет, мир", "مرحبا", "हिन्दी",
    "ไทย", "😀 👨‍👩‍👧", "\x01\x02 control", "tab\tin", "▁mark▁", "<unk>", "<s>", "</s>", "<pad>", "<mask>", "a <mask> b",
    "a   <mask>   b", "<mask><mask>", "x</s>y", "<eos> <bos>", "<start_of_turn>user\nHi<end_of_turn>\n", "<extra_id_0> z",
    "0x0A <0x0A>", "1234567890", "a.b,c;d:e", "''' \" `", "((nested))", "under_score", "permission is hereby granted, free of charge",
    "WITHOUT WARRANTY OF ANY KIND,\n    EXPRESS OR IMPLIED", "e=mc²", "\ufffd", "日" * 20, " " * 20 + "x", "ß ẞ ſ", "Ǆ ǅ ǆ", "\u0345",
]
RAW = ["fffe41", "c328", "e28228206f6b", "61f09f98", "e2", "20ff20"]


def main(models):
    for folder, name, architecture, changes in CASES:
        reader = gguf.GGUFReader(models / name / "model.gguf")
        fields = {}
        for key, field in reader.fields.items():
            if key.startswith("tokenizer.ggml."):
                fields[key] = field.contents()
        fields = {key: bytes(value) if key == CHARSMAP else value for key, value in (fields | changes).items() if value is not None}
        tokens, kinds = fields["tokenizer.ggml.tokens"], fields["tokenizer.ggml.token_type"]
        if name == "xlm-roberta":  # the tiny model lacks the published one's last token
            tokens[-1], kinds[-1] = "<mask>", 4
        target = HERE / folder
        target.mkdir(exist_ok=True)
        path = target / f"ggml-vocab-{folder}.gguf"
        reference.write_vocabulary(path, fields, architecture)
        with reference.reference(path) as result:
            roles = result.roles()
            vectors = {
                "reference": reference.VERSION,
                "vocab": roles,
                "strings": [reference.expected(result, text) for text in TEXTS],
                "raw_bytes": [reference.expected(result, bytes.fromhex(text)) for text in RAW],
                "pieces": reference.pieces(result, [*range(0, roles["n"], 7), *range(8), *range(roles["n"] - 3, roles["n"])]),
            }
        lists = lambda rows: "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
        (target / "tokens.json").write_text(
            "{\n" + ",\n".join(
                f'"{key}": ' + (lists(value) if isinstance(value, list) else json.dumps(value)) for key, value in vectors.items()
            ) + "\n}\n"
        )
        print(folder, roles["n"], "tokens")


main(pathlib.Path(sys.argv[1]))
