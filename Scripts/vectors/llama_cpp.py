"""llama.cpp, from its source archive: its converter, and its library built with cmake (target llama)."""
import pathlib
import subprocess
import sys

import numpy
import torch


def convert(source, folder, output, vocabulary):
    """Writes the GGUF of the model in `folder` as convert_hf_to_gguf.py does, in F32, with the vocabulary of a GGUF file."""
    for path in (source / "gguf-py", source):
        if str(path) not in sys.path:
            sys.path.insert(0, str(path))
    import gguf
    from conversion import ModelBase, get_model_class

    with torch.inference_mode():
        parameters = ModelBase.load_hparams(folder, False)
        kind = get_model_class(parameters["architectures"][0])
        # The converter of Mistral 3 only chooses between two others.
        kind = getattr(kind, "Ministral3Model", kind)
        fields = gguf.GGUFReader(vocabulary).fields

        def set_vocab(self):
            for key, field in fields.items():
                if not key.startswith("tokenizer."):
                    continue
                value, types = field.contents(), field.types
                if types[0] == gguf.GGUFValueType.ARRAY:
                    self.gguf_writer.add_key_value(key, value, types[0], sub_type=types[-1])
                else:
                    self.gguf_writer.add_key_value(key, value, types[0])

        derived = type(kind.__name__, (kind,), {"set_vocab": set_vocab, "model_arch": kind.model_arch})
        derived(folder, gguf.LlamaFileType.ALL_F32, output, model_name=output.parent.name).write()


def build_evaluator(source, build, output):
    subprocess.run(
        ["cc", "-O1", "-o", output, pathlib.Path(__file__).with_name("evaluate.c"), f"-I{source}/include",
         f"-I{source}/ggml/include", f"-L{build}/bin", f"-Wl,-rpath,{build}/bin", "-lllama", "-lggml", "-lggml-base"],
        check=True)


def evaluate(evaluator, model, tokens, greedy):
    """The logits of every position (rows x vocabulary), and `greedy` continued tokens."""
    output = subprocess.run(
        [evaluator, model, str(greedy)], input=" ".join(map(str, tokens)).encode(), stdout=subprocess.PIPE, check=True
    ).stdout
    cut = len(output) - 4 * greedy
    return numpy.frombuffer(output[:cut], "<f4").reshape(len(tokens), -1), numpy.frombuffer(output[cut:], "<i4").tolist()
