#!/usr/bin/env python3
"""Writes what llama.cpp makes of random texts under each name of a pre-tokenizer (pip install gguf llama-cpp-python).

The vocabulary has a token for every pair of the characters that the texts are made of, so that nearly every border
between words shows in the tokens.
"""
import ctypes
import json
import pathlib
import random
import tempfile

import gguf
import llama_cpp

HERE = pathlib.Path(__file__).parent
NAMES = """
default gpt-2 phi-2 roberta-bpe jina-es jina-de jina-v2-es jina-v2-de jina-v2-code mpt olmo jais exaone4
llama-bpe llama-v3 llama3 falcon3 falcon-h1 pixtral lfm2 dbrx smaug-bpe glm4 chatglm-bpe
qwen2 deepseek-r1-qwen megrez stablelm2 hunyuan qwen35 starcoder refact codeshell exaone minerva-7b command-r smollm
falcon deepseek-coder bloom gpt3-finnish poro-chat viking tekken gpt-4o llama4
""".split()
CHARACTERS = list("aszZSLTDétrevmldÀªǅʰ中가13٣Ⅷ½'.\"$+<`^~|-/_(,。،€") + [
    " ", " ", " ", "\n", "\r", "\t", "\u0301", "\u00a0", "\u3000", "\u0085", "\u200b", "\x01", "😀", "ß", "ѕ", "ﬁ", "\u0903",
]
TEXTS = 200


def alphabet():
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


ALPHABET = alphabet()


def written(text):
    return "".join(ALPHABET[byte] for byte in text.encode())


def vocabulary():
    tokens = [ALPHABET[byte] for byte in range(256)]
    merges = []

    def merge(left, right):
        if left + right not in tokens:
            tokens.append(left + right)
            merges.append(f"{left} {right}")

    for character in CHARACTERS:
        pieces = written(character)
        for end in range(1, len(pieces)):
            merge(pieces[:end], pieces[end])
    pairs = [(a, b) for a in dict.fromkeys(CHARACTERS) for b in dict.fromkeys(CHARACTERS)]
    random.shuffle(pairs)
    for left, right in pairs:
        merge(written(left), written(right))
    return tokens, merges


def write(path, pre, tokens, merges):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_string("tokenizer.ggml.model", "gpt2")
    writer.add_string("tokenizer.ggml.pre", pre)
    writer.add_array("tokenizer.ggml.tokens", tokens)
    writer.add_array("tokenizer.ggml.token_type", [1] * len(tokens))
    writer.add_array("tokenizer.ggml.merges", merges)
    writer.add_uint32("tokenizer.ggml.bos_token_id", 0)
    writer.add_uint32("tokenizer.ggml.eos_token_id", 0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


class Reference:
    """llama.cpp with a vocabulary."""

    def __init__(self, path):
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.model:
            raise RuntimeError(f"llama.cpp refuses {path}")
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)

    def tokenize(self, text, add=False, parse=False):
        tokens = (ctypes.c_int32 * (len(text) + 8))()
        count = llama_cpp.llama_tokenize(self.vocab, text, len(text), tokens, len(tokens), add, parse)
        return list(tokens[:count])

    def detokenize(self, tokens, remove=False, special=True):
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        buffer = ctypes.create_string_buffer(64 * len(tokens) + 64)
        count = llama_cpp.llama_detokenize(self.vocab, array, len(tokens), buffer, len(buffer), remove, special)
        return buffer.raw[:count]

    def close(self):
        llama_cpp.llama_model_free(self.model)


def main():
    random.seed(1)
    tokens, merges = vocabulary()
    texts = ["".join(random.choices(CHARACTERS, k=random.randint(1, 14))) for _ in range(TEXTS)]
    spaced = "a ? b ! c . d , e ' f 's g 'm h 're i 've j 'll k 't"
    write(HERE / "vocabulary.gguf", "gpt-2", tokens, merges)
    names, groups = {}, []
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "vocabulary.gguf"
            write(path, name, tokens, merges)
            reference = Reference(path)
            adds = len(reference.tokenize(b"a", add=True)) == 2
            cleans = reference.detokenize(reference.tokenize(spaced.encode())) != spaced.encode()
            expected = [reference.tokenize(text.encode()) for text in texts]
            reference.close()
        if expected not in groups:
            groups.append(expected)
        names[name] = {"addsBeginning": adds, "cleansSpaces": cleans, "tokens": groups.index(expected)}
    result = {"reference": f"llama-cpp-python {llama_cpp.__version__}", "names": names, "texts": texts, "tokens": groups}
    (HERE / "expected.json").write_text(json.dumps(result, separators=(",", ":")))
    for index in range(len(groups)):
        print(index, [name for name in NAMES if names[name]["tokens"] == index])


if __name__ == "__main__":
    llama_cpp.llama_log_set(ctypes.cast(None, llama_cpp.llama_log_callback), None)
    main()
