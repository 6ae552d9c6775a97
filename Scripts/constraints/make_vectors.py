#!/usr/bin/env python3
"""Writes Tests/Vectors/schemas/cases.json: schemas, texts that match them, and texts that do not. jsonschema is the judge.

    Scripts/constraints/make_vectors.py SUITE Scripts/constraints/ask     # in an environment with jsonschema[format]

SUITE is a folder of the official JSON-Schema-Test-Suite for one draft. Schemas of it that Apus refuses, and valid instances
that Apus leaves out on purpose (members that a schema does not declare, or in another order), are not among the vectors.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from judge import Judge
from schemas import Schemas, text

TARGET = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests" / "Vectors" / "schemas" / "cases.json"
# Keywords of the suite that Apus supports.
FILES = """additionalProperties allOf anyOf boolean_schema const enum exclusiveMaximum exclusiveMinimum if-then-else items
maxItems maxLength maxProperties maximum minItems minLength minimum multipleOf not oneOf pattern patternProperties
prefixItems properties propertyNames ref required type uniqueItems dependentRequired""".split()
RANDOM, LONGEST = 90, 700


def damaged(draw, sample):
    letters = '0123456789"{}[],:-. aé'
    place = draw.randrange(len(sample) + 1)
    return draw.choice([sample[:place] + draw.choice(letters) + sample[place:], sample[:place] + sample[place + 1 :]])


def random_cases():
    draw = random.Random(20)
    schemas = Schemas(draw)
    cases = []
    while len(cases) < RANDOM:
        schema, value = schemas.document()
        judge = Judge(schema)
        valid = sorted({sample for sample in (text(value()) for _ in range(4)) if judge.matches(sample)})
        invalid = sorted({
            sample for sample in (damaged(draw, sample) for sample in valid for _ in range(3)) if not judge.matches(sample)
        })
        if valid and len(text(schema)) + sum(map(len, valid + invalid)) < LONGEST:
            cases.append({"schema": schema, "valid": valid, "invalid": invalid})
    return cases


def suite_cases(folder):
    cases = []
    for name in FILES:
        for group in json.loads((folder / f"{name}.json").read_text()):
            schema = group["schema"]
            if isinstance(schema, dict):
                schema = {key: value for key, value in schema.items() if key != "$schema"}
            case = {"schema": schema, "valid": [], "invalid": []}
            for test in group["tests"]:
                case["valid" if test["valid"] else "invalid"].append(text(test["data"]))
            if len(text(case)) < LONGEST:
                cases.append(case)
    return cases


def allowed(cases, program):
    """The cases without what Apus leaves out."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "questions"), pathlib.Path(folder, "answers")
        questions = [{"schema": case["schema"], "check": case["valid"]} for case in cases]
        source.write_text("".join(json.dumps(question) + "\n" for question in questions))
        subprocess.run([program, source, target], check=True)
        answers = [json.loads(line) for line in target.read_text().splitlines()]
    return [
        {**case, "valid": [sample for sample, is_allowed in zip(case["valid"], answer["check"]) if is_allowed]}
        for case, answer in zip(cases, answers) if "check" in answer
    ]


def main():
    cases = random_cases() + allowed(suite_cases(pathlib.Path(sys.argv[1])), sys.argv[2])
    TARGET.write_text("[\n" + ",\n".join(text(case) for case in cases) + "\n]\n")


main()
