"""What the checks of all clients share: the server and its models, requests as they are on the wire, and what held."""
import contextlib
import http.client
import json
import math
import sys
import traceback
import urllib.parse
from typing import Annotated, Literal

import pydantic

BASE_URL, MODEL, TOOLS_MODEL, THINKING_MODEL, EMBEDDING_MODEL = sys.argv[1:]
GREEDY = {"temperature": 0, "seed": 1, "num_predict": 24}
# Enough for any value of the schemas below.
ROOMY = GREEDY | {"num_predict": 160}
QUESTION = "Name three birds that fly fast."
SYSTEM = "You answer in one short sentence."
SENTENCES = ["Knead the dough and let it rise.", "The train leaves at noon.", "Bread is baked in an oven."]


# Schemas whose values are short whatever a model writes.


class Bird(pydantic.BaseModel):
    """A bird and how it flies."""

    model_config = pydantic.ConfigDict(extra="forbid")
    name: Annotated[str, pydantic.Field(pattern="^[a-z]{3,12}$")]
    kind: Literal["falcon", "swift", "eagle"]
    speed: Annotated[int, pydantic.Field(ge=1, le=400)]
    migrates: bool


class Flock(pydantic.BaseModel):
    """Birds in a place, with a schema that has definitions."""

    model_config = pydantic.ConfigDict(extra="forbid")
    place: Annotated[str, pydantic.Field(max_length=8)]
    birds: Annotated[list[Bird], pydantic.Field(min_length=1, max_length=2)]
    note: Annotated[str, pydantic.Field(max_length=8)] | None


class GetWeather(pydantic.BaseModel):
    """The weather of a city."""

    model_config = pydantic.ConfigDict(extra="forbid")
    city: Literal["Graz", "Oslo", "Lima"]
    days: Annotated[int, pydantic.Field(ge=1, le=9)]


class GetTime(pydantic.BaseModel):
    """The time in a zone."""

    model_config = pydantic.ConfigDict(extra="forbid")
    zone: Annotated[str, pydantic.Field(pattern="^[A-Z]{3}$")]


TOOLS = {"get_weather": GetWeather, "get_time": GetTime}


def tool(name):
    """A tool as both APIs declare it."""
    model = TOOLS[name]
    schema = model.model_json_schema()
    return {"type": "function", "function": {"name": name, "description": model.__doc__, "parameters": schema}}


def chat_messages(system=None, question=QUESTION):
    messages = [{"role": "system", "content": system}] if system else []
    return messages + [{"role": "user", "content": question}]


# Requests without a client.


def post(path, **body):
    """Status, content type and text of an answer."""
    address = urllib.parse.urlsplit(BASE_URL)
    with contextlib.closing(http.client.HTTPConnection(address.hostname, address.port, timeout=600)) as connection:
        connection.request("POST", path, json.dumps({"model": MODEL} | body))
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read().decode()


def post_json(path, **body):
    status, kind, text = post(path, **body)
    expect(status == 200 and kind == "application/json; charset=utf-8", f"{path} with {body}: {status} {kind}: {text}")
    return json.loads(text)


def post_lines(path, **body):
    """The objects of a stream of the native API."""
    status, kind, text = post(path, stream=True, **body)
    expect(status == 200 and kind == "application/x-ndjson", f"{path} with {body}: {status} {kind}: {text}")
    expect(text.endswith("\n"), f"the last line is not ended: {text[-40:]!r}")
    return [json.loads(line) for line in text.splitlines()]


def post_events(path, **body):
    """The objects of a stream of events."""
    status, kind, text = post(path, stream=True, **body)
    expect(status == 200 and kind == "text/event-stream", f"{path} with {body}: {status} {kind}: {text}")
    *events, end, rest = text.split("\n\n")
    expect_same((end, rest), ("data: [DONE]", ""))
    expect(all(event.startswith("data: ") for event in events), f"what is no event stands among {events}")
    return [json.loads(event.removeprefix("data: ")) for event in events]


def reference(model=MODEL):
    """What every route must say to the question."""
    reply = post_json("/api/chat", model=model, messages=chat_messages(), stream=False, options=GREEDY)
    return reply["message"]["content"]


# What has to hold.


def expect(condition, explanation):
    if not condition:
        raise AssertionError(explanation)


def expect_same(found, wanted):
    expect(found == wanted, f"expected {wanted!r}, found {found!r}")


def expect_keys(found, wanted, optional=""):
    """An object has all of these keys, and besides them only optional ones."""
    keys, wanted, optional = set(found), set(wanted.split()), set(optional.split())
    expect(wanted <= keys <= wanted | optional, f"expected keys {sorted(wanted)}, found {sorted(keys)} in {found}")


@contextlib.contextmanager
def expect_failure(kind, *words):
    """An error of the client whose text has all of the words."""
    try:
        yield
    except kind as error:
        missing = [word for word in words if word not in str(error)]
        expect(not missing, f"{missing} is not in {type(error).__name__}: {error}")
    else:
        raise AssertionError(f"expected {kind.__name__}, and all went well")


def expect_arguments(name, arguments):
    """Arguments, as text or as values, are what the tool's schema takes."""
    expect(name in TOOLS, f"{name!r} is no tool")
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    TOOLS[name].model_validate_json(text, strict=True)


def length(vector):
    return math.sqrt(sum(x * x for x in vector))


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True)) / length(a) / length(b)


def expect_unit(vector):
    expect(abs(length(vector) - 1) < 1e-5, f"a vector has the length {length(vector)}")


def expect_same_vector(found, wanted):
    expect_same(len(found), len(wanted))
    expect(cosine(found, wanted) > 1 - 1e-6, f"a vector has the cosine {cosine(found, wanted)} with what it should be")


def expect_log_probabilities(tokens, text, alternatives):
    """Tokens of a greedy answer spell the text, and each is the likeliest of its alternatives."""
    expect_same("".join(token.token for token in tokens), text)
    for token in tokens:
        expect(token.logprob <= 0, f"a probability above 1: {token}")
        top = token.top_logprobs or []
        expect_same(len(top), alternatives)
        logprobs = [other.logprob for other in top]
        expect_same(logprobs, sorted(logprobs, reverse=True))
        if top:
            expect_same((top[0].token, top[0].logprob), (token.token, token.logprob))


checks = []


def check(function):
    checks.append(function)
    return function


def run():
    passed = 0
    for function in checks:
        try:
            function()
            passed += 1
            print(f"ok    {function.__name__}", flush=True)
        except Exception as error:
            print(f"FAIL  {function.__name__}: {error}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc()
    print(f"{passed} passed, {len(checks) - passed} failed", flush=True)
    sys.exit(passed != len(checks))
