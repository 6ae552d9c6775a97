#!/usr/bin/env python3
"""Writes the roles that llama.cpp gives tokens by their texts and by keys (LIBLLAMA: see reference.py)."""
import json
import pathlib

import reference

TEXTS = """
<|eot_id|> <|im_end|> <|end|> <end_of_turn> <|endoftext|> <|end_of_text|> <EOT> _<EOT> [EOT] <｜end▁of▁sentence｜> <end_of_utterance>
<|eom_id|> <|return|> <|call|> <|flush|> <|calls|> </s> [EOS] <eos> <turn|> <|tool_response> [e~[ <|plamo:eos|>
<|fim_prefix|> <fim-prefix> <fim_prefix> <｜fim▁begin｜> <PRE> ▁<PRE> <|code_prefix|> <|prefix|>
<|fim_suffix|> <fim-suffix> <fim_suffix> <｜fim▁hole｜> <SUF> ▁<SUF> <|code_suffix|> <|suffix|>
<|fim_middle|> <fim-middle> <fim_middle> <｜fim▁end｜> <MID> ▁<MID> <|code_middle|> <|middle|>
<|fim_pad|> <fim-pad> <fim_pad> <PAD> [PAD] <|fim_repo|> <|repo_name|> <fim-repo> <REPO> <reponame> <|file_sep|>
<|start|> <|message|> <|channel|> <s> <unk> <pad> <mask> [MASK] [SEP] [CLS] <|user|>
""".split()
SETS = [
    "<|end|> <|return|> <|call|>", "<|end|> <|flush|> <|calls|>", "<|end|> <|flush|> <|call|>", "<|end|> <|return|>",
    "<|end|> <|call|>", "</s> <|tool_response>", "</s> <|plamo:eos|>", "</s> <eos> <turn|>", "<|fim_pad|> <|fim_repo|> <|file_sep|>",
]
KEYS = [
    {"bos": 1, "eos": 2, "eot": 3, "eom": 4, "unknown": 5, "seperator": 6, "padding": 7, "mask": 8},
    {"prefix": 1, "suffix": 2, "middle": 3}, {"fim_pre": 4, "prefix": 1}, {"fim_pre": 1, "fim_suf": 2, "fim_mid": 3},
    {"fim_pad": 1, "fim_rep": 2, "fim_sep": 3}, {},
]


def case(model, tokens, keys):
    fields = {
        "tokenizer.ggml.model": model, "tokenizer.ggml.pre": "gpt-2", "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [1] * len(tokens), "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.merges": ["a b"], **{f"tokenizer.ggml.{key}_token_id": value for key, value in keys.items()},
    }
    with reference.temporary(fields) as result:
        return {"model": model, "tokens": tokens, "keys": keys, "vocab": result.roles()}


letters = [chr(97 + index) for index in range(9)]
cases = [case("gpt2", ["a", "b", text], {}) for text in TEXTS]
cases += [case("gpt2", ["a", "b", *texts.split()], {}) for texts in SETS]
cases += [case(model, letters, keys) for model in ["gpt2", "gemma4", "llama", "t5", "bert"] for keys in KEYS]
rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in cases)
path = pathlib.Path(__file__).parent / "roles.json"
path.write_text(f'{{"reference": "{reference.VERSION}", "cases": [\n{rows}\n]}}\n')
print(len(cases), "cases")
