"""What is measured: names, sizes, and the ratios that are asked for."""
import dataclasses

from .models import GEMMA, MINILM, SMALL

PROMPT_BARS = {"1b-q4_k_m": 2, "1b-q4_0": 2, "1b-q8_0": 1.8, "1b-q5_k_m": 1.5, "1b-q6_k": 1.5, "1b-f16": 1.2,
               "1b-bf16": 1.2, SMALL: 3}
GENERATION_BARS = {"1b-q4_k_m": 1.3, "1b-q4_0": 1.2, "1b-q8_0": 1.2, "1b-q5_k_m": 1.2, "1b-q6_k": 1.2, SMALL: 1.2}
# One model of each kind of block: windows, biases, experts, fused matrices, soft caps, states.
FAMILY_MODELS = (GEMMA, "qwen2.5-0.5b-q4_k_m", "qwen3-30b-a3b-q4_k_m", "phi3-mini-q4_k_m", "gemma2-2b-q4_k_m",
                 "granite4-tiny-q4_k_m")
# Of a model with windows, on a server: tools keep every position.
LONG_CONTEXT, LONG_PROMPT = 32768, 32000
# Of embeddings: as many texts, each of so many tokens.
TEXTS, TEXT_TOKENS = 256, 128
# Of the small real model, made of its Q4_1: only what the arithmetic of each type costs is compared.
PERPLEXITY_TYPES = ("f16", "bf16", "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k_m", "q4_k_m", "q5_k_m", "q6_k",
                    "iq4_nl", "iq4_xs")
PROMPT = "Why is the sky blue?"
# Rounds in which others took more than this are measured again.
NOISE_LIMIT = 0.05
# Short ones, of a test that sorts its rounds by the speed of memory: so many for each round of the other tests.
MEMORY_SPEED_ROUNDS = 4


@dataclasses.dataclass
class Row:
    """A line of the table: a figure of a test."""
    label: str
    unit: str
    bar: float | None = None
    # Seconds and bytes: less is better, the bar is a most.
    less_is_better: bool = False
    # Of the ratio.
    digits: int = 2


@dataclasses.dataclass
class Test:
    model: str
    kind: str
    threads: int
    rows: dict
    sizes: list = dataclasses.field(default_factory=list)

    @property
    def name(self):
        return f"{self.kind}/{self.model}/t{self.threads}"

    def arguments(self):
        return ["-t", str(self.threads), "-r", "1", *map(str, self.sizes)]


def rates(prompt, generation, prompt_bar=None, generation_bar=None):
    rows = {}
    if prompt:
        rows["pp"] = Row(prompt, "tokens/s", prompt_bar)
    if generation:
        rows["tg"] = Row(generation, "tokens/s", generation_bar)
    return rows


def all_tests():
    tests = []
    for threads in (2, 1):
        for model, bar in PROMPT_BARS.items():
            rows = rates("pp512", "tg128", bar, GENERATION_BARS.get(model))
            tests.append(Test(model, "speed", threads, rows, ["-p", 512, "-n", 128]))
    for model in FAMILY_MODELS:
        tests.append(Test(model, "family", 2, rates("pp512", "tg128", 1.8, 1.2), ["-p", 512, "-n", 128]))
    for model in ("1b-q4_k_m", "1b-q4_0", "1b-q8_0", "1b-q5_k_m", "1b-q6_k"):
        rows = rates(None, "tg64", None, GENERATION_BARS.get(model))
        tests.append(Test(model, "memory-speed", 2, rows, ["-p", 0, "-n", 64]))
    for threads in (2, 1):
        rows = rates("pp512 at 4096", "tg64 at 4096", 2, 1.3)
        tests.append(Test("1b-q4_k_m", "depth", threads, rows, ["-p", 512, "-n", 64, "-d", 4096]))
    for threads in (2, 1):
        for count in (8, 16):
            rows = rates(None, f"tg64, {count} sequences", None, 1.5)
            sizes = ["-p", 0, "-n", 64, "--sequences", count]
            tests.append(Test("1b-q4_k_m", f"sequences{count}", threads, rows, sizes))
    for model in PROMPT_BARS:
        rows = {"memory": Row("peak memory, context 4096", "MB", 1.1, True)}
        tests.append(Test(model, "memory", 2, rows, ["-p", 512, "-n", 8, "--context", 4096]))
    rows = {"memory": Row(f"peak memory of a server, {LONG_PROMPT} tokens", "MB", 1, True)}
    sizes = ["-p", 512, "-n", 8, "-d", LONG_PROMPT - 512, "--context", LONG_CONTEXT]
    tests.append(Test(GEMMA, "served-memory", 2, rows, sizes))
    rows = {"embed": Row(f"{TEXTS} texts of {TEXT_TOKENS} tokens", "tokens/s", 1.5)}
    tests.append(Test(MINILM, "embeddings", 2, rows))
    for model in ("1b-q4_k_m", "1b-q4_0"):
        tests.append(Test(model, "cold", 2, {"cold": Row("cold start to the first token", "s", 1.3, True)}))
    for kind in PERPLEXITY_TYPES:
        rows = {"perplexity": Row("perplexity", "golden text", 1.005, True, 4)}
        tests.append(Test(f"smollm2-{kind}", "perplexity", 2, rows))
    return tests
