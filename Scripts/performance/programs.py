"""The two programs that are compared, each as a command that prints JSON."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Scripts"))
from performance.noise import Noise  # noqa: E402
from serving import Server, free_port  # noqa: E402


def last_json(command):
    output = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    return json.loads(output.strip().splitlines()[-1])


class Peer:
    """llama.cpp in a virtual environment: APUS_PEER_PYTHON, or .build/peer, which compiles for 10 to 20 minutes."""

    def __init__(self):
        named = os.environ.get("APUS_PEER_PYTHON")
        self.python = named or str(ROOT / ".build/peer/bin/python")
        if not named and not pathlib.Path(self.python).exists():
            subprocess.run([sys.executable, "-m", "venv", ROOT / ".build/peer"], check=True)
            subprocess.run([self.python, "-m", "pip", "install", "-q", "gguf", "numpy", "llama-cpp-python"], check=True)
        self.script = ROOT / "Scripts/peer-llama-cpp"

    def run(self, *arguments):
        subprocess.run([self.python, self.script, *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)

    def bench(self, model, sizes):
        return last_json([self.python, self.script, "bench", model, *sizes])

    def perplexity(self, model, text):
        return last_json([self.python, self.script, "perplexity", model, text])["perplexity"]

    def embedding_rate(self, model, texts, tokens):
        """Tokens per second of texts of so many tokens."""
        sizes = ["--texts", str(texts), "--tokens", str(tokens)]
        return last_json([self.python, self.script, "embed", model, *sizes])["embed"]

    def cold_start(self, model, prompt, threads):
        """Seconds from Python's end of starting to the first token."""
        return last_json([self.python, self.script, "cold", model, prompt, "-t", threads])["seconds"]


class Apus:
    def __init__(self, binary=None):
        self.binary = pathlib.Path(binary or ROOT / ".build/release/apus")
        if not binary:
            subprocess.run(["swift", "build", "-c", "release", "--product", "apus"], cwd=ROOT, check=True,
                           stdout=sys.stderr)

    def bench(self, model, sizes, *flags):
        return last_json([self.binary, "bench", model, *sizes, "--json", *flags])

    def reading_loop(self, threads):
        """GB/s of a plain loop over memory."""
        return last_json([self.binary, "bench", "--bandwidth", "-t", threads, "--json"])["bandwidth"]["loop_gb_s"]

    def perplexity(self, model, text):
        return last_json([self.binary, "probe", "perplexity", model, text, "--json"])["perplexity"]

    def store(self, folder, name, model):
        """Puts a file into a store of models under a name."""
        modelfile = folder / "Modelfile"
        modelfile.write_text(f"FROM {model}\nPARAMETER num_ctx 4096\n")
        server = Server(self.binary, {"OLLAMA_MODELS": str(folder / "models")})
        try:
            server.command(self.binary, "create", name, "-f", modelfile)
        finally:
            server.stop()

    def embedding_rate(self, folder, name, texts, tokens):
        """Tokens per second of texts of so many tokens, through the server, the fastest of two requests."""
        server = Server(self.binary, {"OLLAMA_MODELS": str(folder / "models")})
        choose = random.Random(1)
        inputs = [[choose.randrange(1000, 29000) for _ in range(tokens)] for _ in range(texts)]
        body = {"model": name, "input": inputs, "encoding_format": "base64"}
        try:
            server.json("/v1/embeddings", {**body, "input": inputs[:1]})
            seconds = []
            for _ in range(2):
                start = time.monotonic()
                server.json("/v1/embeddings", body)
                seconds.append(time.monotonic() - start)
            return texts * tokens / min(seconds)
        finally:
            server.stop()

    def served_memory(self, folder, name, context, tokens):
        """Bytes that a server of one sequence took at most, all of its own included, after a prompt of about `tokens`."""
        environment = {"OLLAMA_MODELS": str(folder / "models"), "OLLAMA_NUM_PARALLEL": "1"}
        server = Server(self.binary, environment)
        try:
            options = {"num_ctx": context, "num_predict": 8}
            body = {"model": name, "prompt": " the" * tokens, "raw": True, "stream": False, "options": options}
            with server.post("/api/generate", body, timeout=3600) as response:
                counted = json.load(response)["prompt_eval_count"]
            if not tokens <= counted <= tokens + 2:
                raise SystemExit(f"a prompt of {tokens} words is {counted} tokens of {name}")
            return server.peak_resident_bytes()
        finally:
            server.stop()

    def cold_start(self, folder, name, prompt):
        """Seconds from the start of `apus run`, with no server there, to the first bytes of the answer."""
        with Session(self.binary, folder) as session:
            start = time.monotonic()
            process = session.start("run", name, prompt)
            first = process.stdout.read(1)
            elapsed = time.monotonic() - start
            process.kill()
            process.wait()
        if not first:
            raise SystemExit(f"apus run {name} gave no answer")
        return elapsed


class Session:
    """A command of Apus on a port of its own; ends the server that it starts in the background."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.host = f"127.0.0.1:{free_port()}"
        self.environment = {**os.environ, "OLLAMA_MODELS": str(folder / "models"), "OLLAMA_HOST": self.host}

    def start(self, *arguments):
        return subprocess.Popen([self.binary, *map(str, arguments)], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().split(b"\0")
                environment = (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"serve" in command and f"OLLAMA_HOST={self.host}".encode() in environment:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                Noise.background += int(fields[11]) + int(fields[12])
                os.kill(int(folder.name), signal.SIGTERM)
