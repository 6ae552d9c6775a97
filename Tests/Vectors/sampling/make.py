"""Writes cases.json: what llama.cpp's chain (penalties, top-k, typical, top-p, min-p, temperature) leaves of random logits.

Computed with NumPy from the definitions of the stages. Run: python3 make.py
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


def surviving(logits, history, p):
    logits = penalize(logits.copy(), history, p)
    order = np.argsort(-logits, kind="stable")
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
    if p["temperature"] == 0:
        order = order[:1]
        return order, np.ones(1)
    return order, softmax(logits[order] / p["temperature"])


def main():
    random = np.random.default_rng(20260801)
    neutral = dict(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0, typical_p=1.0, repeat_penalty=1.0,
                   presence_penalty=0.0, frequency_penalty=0.0, repeat_last_n=64)
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
            parameters = {**neutral, **change}
            logits = np.round(random.normal(0, 2.5, size), 4)
            history = random.integers(0, size, 12).tolist()
            order, probabilities = surviving(logits, history, parameters)
            cases.append(dict(parameters=parameters, logits=logits.tolist(), history=history,
                              tokens=order.tolist(), probabilities=[round(float(v), 9) for v in probabilities]))
    with open("cases.json", "w") as file:
        json.dump(cases, file, separators=(",", ":"))


main()
