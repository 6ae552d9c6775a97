"""Medians and tables."""
import statistics

from .tests import NOISE_LIMIT

# Of the fastest reading loop of a round, the least that the slowest may have.
STEADY = 0.85
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def medians(rounds):
    """{figure: median} of a list of {figure: value}."""
    return {key: statistics.median(row[key] for row in rounds) for key in rounds[0]}


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 30 else f"{value:.2f}"


def lines_of(test, result):
    """(label, ours, theirs, ratio, bar) of each figure of a test."""
    ours, theirs = medians(result["apus"]), medians(result["peer"])
    is_noisy = max(result["noise"]) > NOISE_LIMIT and "memory" not in test.rows
    for key, row in test.rows.items():
        ratio = ours[key] / theirs[key]
        bar, held = "", ""
        if row.bar:
            bar = f"{'≤' if row.less_is_better else '≥'} {row.bar}"
            is_reached = ratio <= row.bar if row.less_is_better else ratio >= row.bar
            held = "noisy" if is_noisy else "yes" if is_reached else "no"
        yield (f"{row.label}, {row.unit}", number(ours[key]), number(theirs[key]), f"{ratio:.{row.digits}f}", bar, held)


def text(test, result):
    noise = f"others {max(result['noise']):.1%}"
    return "\n".join(f"{test.model:<14} t{test.threads}  {label:<40} {ours:>8} {theirs:>8} {ratio:>6} {bar:>6} {held:<5}"
                     f" {noise}" for label, ours, theirs, ratio, bar, held in lines_of(test, result))


def by_memory_speed(measured):
    """Generation in rounds in which memory was equally fast throughout, by how fast: shared machines have hours."""
    lines = ["| model | threads | loop, GB/s | rounds | Apus | llama.cpp | ratio | asked |", "|--|--|--|--|--|--|--|--|"]
    for test, result in measured:
        rounds = [(statistics.mean(beside["loops"]), ours["tg"], theirs["tg"])
                  for beside, ours, theirs in zip(result["bandwidth"], result["apus"], result["peer"])
                  if min(beside["loops"]) >= STEADY * max(beside["loops"])]
        if not rounds:
            continue
        middle = (min(rounds)[0] + max(rounds)[0]) / 2
        for part in ([row for row in rounds if row[0] < middle], [row for row in rounds if row[0] >= middle]):
            if part:
                loop, ours, theirs = (statistics.median(column) for column in zip(*part))
                cells = (test.model, test.threads, f"{loop:.1f}", len(part), number(ours), number(theirs),
                         f"{ours / theirs:.2f}", f"≥ {test.rows['tg'].bar}")
                lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def markdown(tests, results):
    """The tables of Docs/performance.md, of all that was measured."""
    there = [(test, results[test.name]) for test in tests if test.name in results]
    measured = [pair for pair in there if pair[0].kind != "memory-speed"]
    steady = [pair for pair in there if pair[0].kind == "memory-speed"]
    lines = ["| model | threads | measured | Apus | llama.cpp | ratio | asked | reached |", "|--|--|--|--|--|--|--|--|"]
    for test, result in measured:
        for cells in lines_of(test, result):
            lines.append("| " + " | ".join((test.model, str(test.threads), *cells)) + " |")
    lines += ["", "Bytes of weights a token × tokens/s, as a share of the plain reading loop in the same run:", "",
              "| model | threads | loop, GB/s | Apus, GB/s | share | llama.cpp, GB/s | share |", "|--|--|--|--|--|--|--|"]
    for test, result in measured:
        if not result.get("bandwidth"):
            continue
        loop = statistics.median(row["loop_gb_s"] for row in result["bandwidth"])
        size = result["bandwidth"][0]["bytes_per_token"] / 1e9
        reads = [size * medians(result[program])["tg"] for program in ("apus", "peer")]
        cells = [f"{loop:.1f}"] + [cell for read in reads for cell in (f"{read:.1f}", f"{read / loop:.0%}")]
        lines.append("| " + " | ".join((test.model, str(test.threads), *cells)) + " |")
    if steady:
        lines += ["", "Generation (tg64) in rounds in which the loop, before, between and after, differed by less than "
                  f"{100 * (1 - STEADY):.0f} %:", ""]
        lines += by_memory_speed(steady)
    noisy = max((max(result["noise"]) for _, result in measured), default=0)
    rounds = sorted({len(result["apus"]) for _, result in measured})
    lines += ["", f"Medians of {rounds[0] if rounds else 0} to {rounds[-1] if rounds else 0} rounds; others took at most "
              f"{noisy:.1%} of the processor time of a round."]
    return "\n".join(lines)


def write_between_markers(path, table):
    document = path.read_text()
    begin, end = document.find(BEGIN), document.find(END)
    if begin < 0 or end < begin:
        raise SystemExit(f"{path} lacks the lines {BEGIN} and {END}")
    path.write_text(document[:begin + len(BEGIN)] + "\n" + table + "\n" + document[end:])
