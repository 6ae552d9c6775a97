#!/usr/bin/env python3
"""Writes what llama.cpp makes of random texts under each name of a pre-tokenizer (LIBLLAMA: see ../reference.py).

The vocabularies have a token for every pair of the characters that the texts are made of, so that nearly every border
between words shows in the tokens. `bytes.gguf` writes a printable character for each byte, `plain.gguf` characters as they
are with `▁` for spaces, and lacks some of them.
"""
import json
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import reference  # noqa: E402

BYTE_NAMES = """
default gpt-2 phi-2 roberta-bpe jina-es jina-de jina-v1-en jina-v2-es jina-v2-de jina-v2-code mpt olmo jais exaone4 gigachat
a.x-4.0 mellum modern-bert trillion granite-docling
llama-bpe llama-v3 llama3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano dbrx smaug-bpe glm4 glm5 chatglm-bpe minicpm5
jais-2 qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan grok-2 solar-open bailingmoe bailingmoe2 llada-moe laguna
seed-coder ufakzeka exaone-moe qwen35 kimi-k2
starcoder refact codeshell exaone minerva-7b mellum2 command-r smollm falcon
deepseek-llm deepseek-coder deepseek-v3 hunyuan-dense hy_v4 joyai-llm spark2_5 afmoe youtu tiny_aya cohere2moe superbpe chameleon
bloom gpt3-finnish poro-chat viking tekken gpt-4o llama4 kanana2 talkie minimax-m2 granite-embed-multi-97m
""".split()
PLAIN_NAMES = "gemma4 granite-embed-multi-311m mmbert sarvam-moe whitespace".split()
CHARACTERS = list("aszSZLTDétrevmldÀªǅʰ中가13٣Ⅷ½'.\"$+<`^~|-/_(,。،€") + [
    " ", " ", " ", "\n", "\r", "\t", "\u0301", "\u00a0", "\u3000", "\u0085", "\u200b", "\x01", "😀", "ß", "ѕ", "ﬁ", "\u0903",
    "あ", "ㄱ", "…", "ﾟ", "ႀ",
]
PIECES = [
    lambda: " " * random.randint(1, 9), lambda: "\n" * random.randint(1, 3), lambda: random.choice("17") * random.randint(1, 9),
    lambda: "".join(random.choices("aszSZé", k=random.randint(1, 5))), lambda: random.choice(["'s", "'S", "'re", "'lL", "'d", "'"]),
    lambda: "".join(random.choices("中가あㄱ…ﾟႀ", k=random.randint(1, 3))), lambda: random.choice(["!", "./", "..\n", "$+", "(-"]),
    lambda: random.choice(CHARACTERS),
]
ODD = ["<sentinel:12>a", "IMGIMGABZz", "IMGIMGABCDEZ", " " * 700 + "a", " " * 513, "  \n  a", "a\u0301 b\u0301  c", "\u0301A\u0301B a"]
TEXTS = 300


def alphabet():
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


ALPHABET = alphabet()


class Vocabulary:
    def __init__(self, tokens):
        self.tokens = list(tokens)
        self.known = set(self.tokens)
        self.merges = []

    def merge(self, left, right):
        if left + right not in self.known:
            self.tokens.append(left + right)
            self.known.add(left + right)
            self.merges.append(f"{left} {right}")

    def fields(self, pre):
        kinds = [6 if token.startswith("<0x") else 1 for token in self.tokens]
        return {
            "tokenizer.ggml.model": "whitespace" if pre == "whitespace" else "gpt2", "tokenizer.ggml.pre": pre, "tokenizer.ggml.tokens": self.tokens,
            "tokenizer.ggml.token_type": kinds, "tokenizer.ggml.merges": self.merges, "tokenizer.ggml.bos_token_id": 0,
            "tokenizer.ggml.eos_token_id": 0,
        }


def pairs():
    different = list(dict.fromkeys(CHARACTERS))
    result = [(a, b) for a in different for b in different]
    random.shuffle(result)
    return result


def byte_vocabulary():
    vocabulary = Vocabulary(ALPHABET[byte] for byte in range(256))
    written = lambda text: "".join(ALPHABET[byte] for byte in text.encode())
    for character in CHARACTERS:
        pieces = written(character)
        for end in range(1, len(pieces)):
            vocabulary.merge(pieces[:end], pieces[end])
    for left, right in pairs():
        vocabulary.merge(written(left), written(right))
    # Six spaces are one token, or two where they are cut into four and two.
    vocabulary.merge(written("  "), written("  "))
    vocabulary.merge(written("    "), written("  "))
    return vocabulary


def plain_vocabulary():
    spelled = [character.replace(" ", "▁") for character in dict.fromkeys(CHARACTERS) if character not in "中½😀"]
    vocabulary = Vocabulary([f"<0x{byte:02X}>" for byte in range(256) if byte != 0xBD] + spelled)
    for left, right in pairs():
        left, right = left.replace(" ", "▁"), right.replace(" ", "▁")
        if left in vocabulary.known and right in vocabulary.known and "\n" not in left + right and random.random() < 0.5:
            vocabulary.merge(left, right)
    vocabulary.tokens += ["\n\n", "\n\n\n"]
    return vocabulary


def compare(vocabulary, file, names, texts):
    reference.write_vocabulary(HERE / file, vocabulary.fields("default"))
    spaced = "a ? b ! c . d , e ' f 's g 'm h 're i 've j 'll k 't"
    about, rows, groups = {}, [{"text": text, "tokens": []} for text in texts], []
    for name in names:
        with reference.temporary(vocabulary.fields(name)) as result:
            roles = result.roles()
            back = result.detokenize(result.tokenize(spaced.encode()))
            # Without white space nobody can tell.
            cleans = back != spaced.encode() if b" " in back else None
            group = []
            for row in rows:
                if name == "sarvam-moe" and "\n\n" in row["text"]:  # llama.cpp aborts
                    group.append(-1)
                    continue
                tokens = result.tokenize(row["text"].encode())
                if tokens not in row["tokens"]:
                    row["tokens"].append(tokens)
                group.append(row["tokens"].index(tokens))
        if group not in groups:
            groups.append(group)
        about[name] = {
            "addsBeginning": bool(roles["add_bos"]), "addsSeparator": bool(roles["add_sep"]), "cleansSpaces": cleans,
            "group": groups.index(group),
        }
    for index in range(len(groups)):
        print(file, index, [name for name in names if about[name]["group"] == index])
    return {"file": file, "names": about, "texts": rows, "groups": groups}


def main():
    random.seed(1)
    texts = ["".join(random.choices(CHARACTERS, k=random.randint(1, 14))) for _ in range(TEXTS // 2)]
    texts += ["".join(random.choice(PIECES)() for _ in range(random.randint(1, 6))) for _ in range(TEXTS // 2)]
    texts += ODD
    result = {
        "reference": reference.VERSION,
        "vocabularies": [
            compare(byte_vocabulary(), "bytes.gguf", BYTE_NAMES, texts),
            compare(plain_vocabulary(), "plain.gguf", PLAIN_NAMES, texts),
        ],
    }
    (HERE / "expected.json").write_text(json.dumps(result, separators=(",", ":"), ensure_ascii=False))


if __name__ == "__main__":
    main()
