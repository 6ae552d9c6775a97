"""Writes cases.json: what llama.cpp's chain (penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature)
leaves of random logits; and mirostat.json: what both versions of Mirostat leave, step by step.

Computed with NumPy from the published definitions: penalties to temperature as llama.cpp documents them, DRY and XTC from
the descriptions with which they were proposed, top-n-sigma and Mirostat from their papers. Run: python3 make.py
"""

import json
import numpy as np


def softmax(logits):
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def penalize(logits, history, p):
    window = history[-p["repeat_last_n"]:] if p["repeat_last_n"] > 0 else []
    for token in set(window):
        count = window.count(token)
        value = logits[token]
        value = value / p["repeat_penalty"] if value > 0 else value * p["repeat_penalty"]
        logits[token] = value - count * p["frequency_penalty"] - p["presence_penalty"]
    return logits


def tokens_since_breaker(history, breakers):
    for end in range(len(history), 0, -1):
        # A breaker whose first token stands last wins, then the longest.
        found = [len(b) for b in breakers if history[end - 1: end - 1 + len(b)] == b]
        if found:
            return len(history) - (end - 1 + max(found))
    return len(history)


def forbid_repetition(logits, history, p):
    """Each token that went on where the last n tokens stood before loses multiplier * base ^ (n - allowed length)."""
    if p.get("dry_multiplier", 0) == 0 or p["dry_penalty_last_n"] == 0:
        return logits
    window = history[-p["dry_penalty_last_n"]:] if p["dry_penalty_last_n"] > 0 else history
    most = tokens_since_breaker(window, p["dry_sequence_breakers"])
    longest = {}
    for position in range(1, len(window)):
        length = 0
        while length < min(most, position) and window[position - 1 - length] == window[-1 - length]:
            length += 1
        if length > 0 and length >= p["dry_allowed_length"]:
            longest[window[position]] = max(length, longest.get(window[position], 0))
    for token, length in longest.items():
        logits[token] -= p["dry_multiplier"] * p["dry_base"] ** (length - p["dry_allowed_length"])
    return logits


def surviving(logits, history, p):
    logits = penalize(logits.copy(), history, p)
    logits = forbid_repetition(logits, history, p)
    order = np.argsort(-logits, kind="stable")
    if p.get("top_n_sigma", 0) > 0:
        order = order[logits[order] >= logits.max() - p["top_n_sigma"] * logits.std()]
    if p["top_k"] > 0:
        order = order[: p["top_k"]]
    if p["typical_p"] < 1:
        probabilities = softmax(logits[order])
        surprise = -np.log(probabilities)
        entropy = (probabilities * surprise).sum()
        ranks = np.argsort(np.abs(surprise - entropy), kind="stable")
        count = int(np.argmax(np.cumsum(probabilities[ranks]) > p["typical_p"])) + 1
        order = np.array(sorted(order[ranks[:count]], key=lambda token: -logits[token]))
    if p["top_p"] < 1:
        sums = np.cumsum(softmax(logits[order]))
        order = order[: int(np.argmax(sums >= p["top_p"])) + 1]
    if p["min_p"] > 0:
        order = order[logits[order] >= logits[order].max() + np.log(p["min_p"])]
    if p.get("xtc_probability", 0) == 1:
        likely = int((softmax(logits[order]) >= p["xtc_threshold"]).sum())
        order = order[max(likely - 1, 0):]
    if p["temperature"] == 0:
        order = order[:1]
        return order, np.ones(1)
    return order, softmax(logits[order] / p["temperature"])


def neutral(**changes):
    return {**dict(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, typical_p=1.0, repeat_penalty=1.0,
                   presence_penalty=0.0, frequency_penalty=0.0, repeat_last_n=64), **changes}


def case(parameters, logits, history):
    order, probabilities = surviving(logits, history, parameters)
    return dict(parameters=parameters, logits=logits.tolist(), history=history,
                tokens=order.tolist(), probabilities=[round(float(v), 9) for v in probabilities])


def first_stages():
    random = np.random.default_rng(20260801)
    changes = [
        dict(top_k=5), dict(top_p=0.7), dict(min_p=0.2), dict(typical_p=0.6), dict(temperature=0.5),
        dict(temperature=1.7), dict(temperature=0.0), dict(repeat_penalty=1.3), dict(presence_penalty=0.8),
        dict(frequency_penalty=0.4), dict(repeat_penalty=1.2, repeat_last_n=4), dict(repeat_penalty=1.5, repeat_last_n=0),
        dict(temperature=0.8, top_k=40, top_p=0.9), dict(temperature=0.8, top_k=40, top_p=0.9, min_p=0.05),
        dict(temperature=0.6, top_k=20, typical_p=0.8, top_p=0.95, min_p=0.02, repeat_penalty=1.1,
             presence_penalty=0.2, frequency_penalty=0.1, repeat_last_n=8),
        dict(temperature=0.0, repeat_penalty=1.8), dict(top_p=0.0), dict(top_k=1),
    ]
    cases = []
    for size in (8, 50, 700):
        for change in changes:
            logits = np.round(random.normal(0, 2.5, size), 4)
            history = random.integers(0, size, 12).tolist()
            cases.append(case(neutral(**change), logits, history))
    return cases


def later_stages():
    random = np.random.default_rng(20261201)
    dry = dict(dry_multiplier=0.8, dry_base=1.75, dry_allowed_length=2, dry_penalty_last_n=-1, dry_sequence_breakers=[])
    changes = [
        dict(top_n_sigma=1.0), dict(top_n_sigma=0.3, temperature=1.8), dict(top_n_sigma=2.0, top_k=10, top_p=0.9),
        dict(xtc_probability=1.0, xtc_threshold=0.1), dict(xtc_probability=1.0, xtc_threshold=0.02),
        dict(xtc_probability=1.0, xtc_threshold=0.5), dict(xtc_probability=1.0, xtc_threshold=0.0, top_k=7),
        dict(xtc_probability=1.0, xtc_threshold=0.05, temperature=0.0), dict(dry), {**dry, "dry_allowed_length": 1},
        {**dry, "dry_allowed_length": 4, "dry_base": 1.2}, {**dry, "dry_penalty_last_n": 9},
        {**dry, "dry_penalty_last_n": 0}, {**dry, "dry_sequence_breakers": [[0]]},
        {**dry, "dry_sequence_breakers": [[1, 2], [3], [0, 1, 2]]},
        {**dry, "dry_allowed_length": 0, "dry_sequence_breakers": [[2, 0]]}, {**dry, "temperature": 0.0},
        {**dry, "temperature": 0.7, "top_n_sigma": 1.5, "top_k": 30, "typical_p": 0.9, "top_p": 0.95, "min_p": 0.02,
         "xtc_probability": 1.0, "xtc_threshold": 0.1, "repeat_penalty": 1.1},
    ]
    cases = []
    for size in (8, 50, 700):
        for change in changes:
            logits = np.round(random.normal(0, 2.5, size), 4)
            # Few tokens repeat often; the end stands in the middle as well.
            history = random.integers(0, 4, 40).tolist()
            history += history[10:10 + int(random.integers(0, 12))]
            cases.append(case(neutral(**change), logits, history))
    return cases


def mirostat_left(version, logits, limit):
    """The candidates of one step, likeliest first, and their probabilities."""
    order = np.argsort(-logits, kind="stable")
    probabilities = softmax(logits[order])
    if version == 2:
        count = max(int((-np.log2(probabilities) <= limit).sum()), 1)
    else:
        ranks = np.arange(1, min(100, len(order)))
        t = np.log((ranks + 1) / ranks)
        b = np.log(probabilities[ranks - 1] / probabilities[ranks])
        s = (t * b).sum() / (t * t).sum()
        count = ((s - 1) * 2 ** limit / (1 - len(order) ** (1 - s))) ** (1 / s)
        count = int(min(max(count, 1), len(order)))
    return order[:count], softmax(logits[order[:count]])


def mirostat_runs():
    random = np.random.default_rng(20261202)
    runs = []
    for version in (1, 2):
        for size, tau, eta, temperature in ((40, 2.0, 0.1, 1.0), (300, 5.0, 0.1, 1.0), (300, 3.0, 0.5, 0.7),
                                            (120, 0.5, 1.0, 1.5)):
            limit = 2 * tau
            steps = []
            for _ in range(12):
                logits = np.round(random.normal(0, 2, size), 4)
                order, probabilities = mirostat_left(version, logits / temperature, limit)
                chosen = int(random.choice(len(order), p=probabilities))
                steps.append(dict(logits=logits.tolist(), tokens=order.tolist(), chosen=int(order[chosen]),
                                  probabilities=[round(float(v), 9) for v in probabilities]))
                limit -= eta * (-np.log2(probabilities[chosen]) - tau)
            runs.append(dict(version=version, tau=tau, eta=eta, temperature=temperature, steps=steps))
    return runs


def write(name, value):
    with open(name, "w") as file:
        json.dump(value, file, separators=(",", ":"))


write("cases.json", first_stages() + later_stages())
write("mirostat.json", mirostat_runs())
