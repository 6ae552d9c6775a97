"""The client of OpenAI: chats, completions, answers of a form, forced calls of tools, probabilities, embeddings, errors."""
import asyncio
import base64
import json
import struct

import httpx2
import openai

from checking import *

# Failed and good requests in turns over one connection.
PAIRS = 150
PIXEL_URL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

compatible = openai.OpenAI(base_url=f"{BASE_URL}/v1", api_key="unused", max_retries=0)
# Arguments of greedy answers, for the client and on the wire.
SHORT = {"temperature": 0, "seed": 1, "max_tokens": GREEDY["num_predict"]}
LONG = SHORT | {"max_tokens": ROOMY["num_predict"]}
IN_JSON = chat_messages(question="Describe birds in JSON.")


def chat(messages, model=MODEL, **arguments):
    return compatible.chat.completions.create(model=model, messages=messages, **SHORT | arguments)


@check
def models():
    ids = [model.id for model in compatible.models.list()]
    expect(any(MODEL in (name, name.removesuffix(":latest")) for name in ids), f"{MODEL} is not among {ids}")
    expect_same(compatible.models.retrieve(MODEL).id, MODEL)


@check
def whole():
    response = chat(chat_messages())
    expect_same(response.choices[0].message.content, reference())
    expect(response.choices[0].finish_reason in ("stop", "length"), f"ended by {response.choices[0].finish_reason}")
    expect_same(response.usage.total_tokens, response.usage.prompt_tokens + response.usage.completion_tokens)


@check
def stream():
    chunks = list(chat(chat_messages(), stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    expect_same(text, reference())
    expect_same(chunks[0].choices[0].delta.role, "assistant")
    expect(chunks[-1].usage is not None and not chunks[-1].choices, "the last chunk is not the usage")


@check
def system_prompt():
    wanted = post_json("/api/chat", messages=chat_messages(SYSTEM), stream=False, options=GREEDY)["message"]["content"]
    expect_same(chat(chat_messages(SYSTEM)).choices[0].message.content, wanted)


# Wire.


IDENTITY = "id object created model system_fingerprint"


@check
def wire_of_whole_answers():
    answer = post_json("/v1/chat/completions", messages=chat_messages(), **SHORT)
    expect_keys(answer, f"{IDENTITY} choices usage")
    expect_same((answer["object"], answer["model"]), ("chat.completion", MODEL))
    expect(answer["id"].startswith("chatcmpl-") and type(answer["created"]) is int, f"bad identity in {answer}")
    expect_keys(answer["choices"][0], "index message finish_reason")
    expect_same(answer["choices"][0]["message"], {"role": "assistant", "content": reference()})
    expect_keys(answer["usage"], "prompt_tokens completion_tokens total_tokens")


@check
def wire_of_streams():
    *parts, finish, usage = post_events(
        "/v1/chat/completions", messages=chat_messages(), stream_options={"include_usage": True}, **SHORT)
    for chunk in (*parts, finish):
        expect_keys(chunk, f"{IDENTITY} choices")
        expect_same([chunk[key] for key in IDENTITY.split()], [parts[0][key] for key in IDENTITY.split()])
        expect_keys(chunk["choices"][0], "index delta finish_reason")
    expect_same(parts[0]["object"], "chat.completion.chunk")
    expect_keys(parts[0]["choices"][0]["delta"], "role content")
    for chunk in parts[1:]:
        expect_keys(chunk["choices"][0]["delta"], "content")
    expect(all(chunk["choices"][0]["finish_reason"] is None for chunk in parts), "a part that finishes")
    expect_same(finish["choices"][0]["delta"], {})
    expect(finish["choices"][0]["finish_reason"] in ("stop", "length"), f"{finish}")
    expect_same(usage["choices"], [])
    expect_keys(usage, f"{IDENTITY} choices usage")
    without = post_events("/v1/chat/completions", messages=chat_messages(), **SHORT)
    expect(all("usage" not in chunk and chunk["choices"] for chunk in without), "a usage that was not asked for")


# Answers of a form.


def named_schema(model):
    return {"type": "json_schema",
            "json_schema": {"name": model.__name__, "strict": True, "schema": model.model_json_schema()}}


@check
def parse():
    for model in (Bird, Flock):
        answer = compatible.chat.completions.parse(model=MODEL, messages=IN_JSON, response_format=model, **LONG)
        expect(isinstance(answer.choices[0].message.parsed, model), f"parsed {answer.choices[0].message.parsed!r}")
        expect_same(answer.choices[0].finish_reason, "stop")


@check
def parse_stream():
    with compatible.chat.completions.stream(model=MODEL, messages=IN_JSON, response_format=Flock, **LONG) as events:
        kinds = [event.type for event in events]
        final = events.get_final_completion().choices[0]
    expect(isinstance(final.message.parsed, Flock), f"parsed {final.message.parsed!r}")
    expect(kinds.count("content.delta") > 2 and kinds.count("content.done") == 1, f"events are {kinds}")
    whole = compatible.chat.completions.parse(model=MODEL, messages=IN_JSON, response_format=Flock, **LONG)
    expect_same(final.message.content, whole.choices[0].message.content)


@check
def schema_by_name():
    for model in (Bird, Flock):
        arguments = {"response_format": named_schema(model), "max_tokens": LONG["max_tokens"]}
        whole = chat(IN_JSON, **arguments).choices[0]
        expect_same(whole.finish_reason, "stop")
        model.model_validate_json(whole.message.content, strict=True)
        chunks = list(chat(IN_JSON, stream=True, **arguments))
        expect_same("".join(chunk.choices[0].delta.content or "" for chunk in chunks), whole.message.content)
        expect_same(chunks[-1].choices[0].finish_reason, "stop")


@check
def schema_by_chance():
    """Where tokens are drawn, those that a schema forbids are not among them."""
    for seed in range(4):
        drawn = {"max_tokens": 160, "temperature": 1.8, "seed": seed}
        answer = chat(IN_JSON, response_format=named_schema(Bird), **drawn).choices[0]
        expect_same(answer.finish_reason, "stop")
        Bird.model_validate_json(answer.message.content, strict=True)


@check
def any_object():
    arguments = {"response_format": {"type": "json_object"}, "max_tokens": 100}
    whole = chat(IN_JSON, **arguments).choices[0]
    expect(whole.message.content.startswith("{"), f"{whole.message.content!r} is no object")
    # The words of an object without a schema may have no end.
    if whole.finish_reason == "stop":
        expect(isinstance(json.loads(whole.message.content), dict), f"{whole.message.content!r} is no object")
    chunks = list(chat(IN_JSON, stream=True, **arguments))
    expect_same("".join(chunk.choices[0].delta.content or "" for chunk in chunks), whole.message.content)
    expect_same(chat(chat_messages(), response_format={"type": "text"}).choices[0].message.content, reference())


@check
def forms_cut_short():
    """The beginning of a form is said to be one."""
    arguments = {"response_format": named_schema(Flock), "max_tokens": 4}
    whole = chat(IN_JSON, **arguments).choices[0]
    expect_same(whole.finish_reason, "length")
    expect(whole.message.content.startswith("{"), f"{whole.message.content!r} is no object")
    with expect_failure(openai.LengthFinishReasonError):
        compatible.chat.completions.parse(
            model=MODEL, messages=IN_JSON, response_format=Flock, **SHORT | {"max_tokens": 4})


@check
def forms_that_cannot_be_kept():
    schema = {"type": "object", "properties": {"birds": {"type": "array", "contains": {"type": "string"}}}}
    for streamed in (False, True):
        with expect_failure(openai.BadRequestError, '"contains"', "#/properties/birds"):
            form = {"type": "json_schema", "json_schema": {"name": "birds", "schema": schema}}
            chat(IN_JSON, response_format=form, stream=streamed)
    with expect_failure(openai.BadRequestError, "response_format"):
        chat(IN_JSON, response_format={"type": "yaml"})


# Tools.


BOTH = [tool("get_weather"), tool("get_time")]


def forced(choice, **arguments):
    """An answer that has to be calls, as it comes whole and as the parts of a stream make it."""
    arguments = {"model": TOOLS_MODEL, "tools": BOTH, "tool_choice": choice, "max_tokens": 160} | arguments
    whole = chat(chat_messages(), **arguments).choices[0]
    names, texts, ids, pieces = {}, {}, {}, 0
    chunks = list(chat(chat_messages(), stream=True, **arguments))
    for chunk in chunks:
        for call in chunk.choices[0].delta.tool_calls or []:
            if call.function.name:
                expect(call.index not in names and call.id and call.type == "function", f"a second head: {call}")
                names[call.index], ids[call.index], texts[call.index] = call.function.name, call.id, ""
            texts[call.index] += call.function.arguments or ""
            pieces += 1
    calls = whole.message.tool_calls or []
    expect_same(sorted(names), list(range(len(calls))))
    expect_same(len(set(ids.values())), len(calls))
    for index, call in enumerate(calls):
        expect_same((call.type, call.function.name), ("function", names[index]))
        expect_same(json.loads(texts[index]), json.loads(call.function.arguments))
        expect_arguments(call.function.name, call.function.arguments)
        expect_arguments(names[index], texts[index])
    expect(pieces > len(calls), "arguments come in one piece")
    expect_same("".join(chunk.choices[0].delta.content or "" for chunk in chunks), whole.message.content or "")
    expect_same(chunks[-1].choices[0].finish_reason, whole.finish_reason)
    return whole


def named(name):
    return {"type": "function", "function": {"name": name}}


@check
def call_required():
    answer = forced("required", parallel_tool_calls=False)
    expect_same((len(answer.message.tool_calls), answer.finish_reason), (1, "tool_calls"))
    expect_same(answer.message.content or "", "")


@check
def call_named():
    for name in TOOLS:
        answer = forced(named(name), parallel_tool_calls=False)
        expect_same([call.function.name for call in answer.message.tool_calls], [name])
        expect_same(answer.finish_reason, "tool_calls")


@check
def call_required_among_one():
    answer = forced("required", tools=[tool("get_time")], parallel_tool_calls=False)
    expect_same([call.function.name for call in answer.message.tool_calls], ["get_time"])


@check
def several_calls():
    """All that are whole when the tokens end are told of."""
    answer = forced("required", parallel_tool_calls=True)
    expect(answer.message.tool_calls, "no calls")


@check
def calls_by_chance():
    for seed in range(4):
        answer = forced("required", temperature=1.8, seed=seed, parallel_tool_calls=False)
        expect_same((len(answer.message.tool_calls), answer.finish_reason), (1, "tool_calls"))


@check
def wire_of_calls():
    arguments = {"model": TOOLS_MODEL, "messages": chat_messages(), "tools": BOTH, "parallel_tool_calls": False,
                 "tool_choice": named("get_weather"), **LONG}
    message = post_json("/v1/chat/completions", **arguments)["choices"][0]["message"]
    expect_keys(message, "role content tool_calls")
    expect_keys(message["tool_calls"][0], "id index type function")
    expect_keys(message["tool_calls"][0]["function"], "name arguments")
    *parts, finish = post_events("/v1/chat/completions", **arguments)
    expect_same(finish["choices"][0]["finish_reason"], "tool_calls")
    deltas = [part["choices"][0]["delta"] for part in parts]
    expect_same(deltas[0]["role"], "assistant")
    head, *others = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    expect_keys(head, "id index type function")
    expect_same(head["function"], {"name": "get_weather", "arguments": ""})
    for other in others:
        expect_keys(other, "index function")
        expect_keys(other["function"], "arguments")
    expect_arguments("get_weather", "".join(other["function"]["arguments"] for other in others))


@check
def parsed_calls():
    tools = [openai.pydantic_function_tool(GetWeather, name="get_weather")]
    arguments = {"model": TOOLS_MODEL, "messages": chat_messages(), "tools": tools, "tool_choice": "required",
                 "parallel_tool_calls": False, **LONG}
    call = compatible.chat.completions.parse(**arguments).choices[0].message.tool_calls[0]
    expect(isinstance(call.function.parsed_arguments, GetWeather), f"parsed {call.function.parsed_arguments!r}")
    with compatible.chat.completions.stream(**arguments) as events:
        kinds = [event.type for event in events]
        streamed = events.get_final_completion().choices[0].message.tool_calls[0]
    expect_same(streamed.function.parsed_arguments, call.function.parsed_arguments)
    expect("tool_calls.function.arguments.delta" in kinds, f"events are {kinds}")


@check
def calls_cut_short():
    """A call whose arguments did not end is none, and the answer is said to be cut."""
    arguments = {"model": TOOLS_MODEL, "tools": BOTH, "tool_choice": named("get_weather"), "max_tokens": 14}
    whole = chat(chat_messages(), **arguments).choices[0]
    expect_same((whole.finish_reason, whole.message.tool_calls), ("length", None))
    expect_same(list(chat(chat_messages(), stream=True, **arguments))[-1].choices[0].finish_reason, "length")


@check
def tools_that_may_stay_alone():
    """Words, as one wants none of them or as the model likes."""
    none = chat(chat_messages(), model=TOOLS_MODEL, tools=BOTH, tool_choice="none").choices[0]
    expect_same((none.message.tool_calls, none.message.content), (None, reference(TOOLS_MODEL)))
    answer = chat(chat_messages(), model=TOOLS_MODEL, tools=BOTH, tool_choice="auto").choices[0]
    expect(answer.message.content or answer.message.tool_calls, "no answer")


@check
def tool_round_trip():
    """A forced call, sent back with its result, makes the prompt longer; the answer to it has a form, or is a call."""
    call = forced(named("get_weather"), parallel_tool_calls=False).message
    result = {"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "Rain."}
    messages = [*chat_messages(), call.model_dump(exclude_none=True), result]
    arguments = {"model": TOOLS_MODEL, "tools": BOTH, "max_tokens": 160, "response_format": named_schema(Bird)}
    for choice in ("auto", "none"):
        answer = chat(messages, tool_choice=choice, parallel_tool_calls=False, **arguments)
        calls = answer.choices[0].message.tool_calls or []
        for made in calls:
            expect_arguments(made.function.name, made.function.arguments)
        expect(choice == "auto" or not calls, f"found {calls} in spite of {choice!r}")
        if not calls:
            Bird.model_validate_json(answer.choices[0].message.content, strict=True)
    asked, told = (chat(turns, model=TOOLS_MODEL, tools=BOTH, max_tokens=1).usage.prompt_tokens
                   for turns in (chat_messages(), messages))
    expect(told > asked + 10, f"prompts of {asked} and {told} tokens")


@check
def tools_need_a_template():
    for choice in ("auto", "required"):
        with expect_failure(openai.BadRequestError, f"{MODEL}:latest does not support tools"):
            chat(chat_messages(), tools=BOTH, tool_choice=choice)


@check
def tools_that_cannot_be():
    for choice, word in (("required", "tools"), (named("get_time"), "get_time"), ("maybe", "auto")):
        tools = [] if choice == "required" else [tool("get_weather")]
        with expect_failure(openai.BadRequestError, "tool_choice", word):
            chat(chat_messages(), model=TOOLS_MODEL, tools=tools, tool_choice=choice)
    with expect_failure(openai.BadRequestError, '"custom"'):
        chat(chat_messages(), model=TOOLS_MODEL, tools=[{"type": "custom", "custom": {"name": "get_time"}}])


@check
def tools_without_parameters():
    """A definition that describes no parameters means a call without arguments."""
    for parameters in ({}, {"parameters": None}, {"parameters": {}},
                       {"parameters": {"type": "object", "properties": {}}}):
        function = {"name": "get_time", **parameters}
        answer = chat(chat_messages(), model=TOOLS_MODEL, tools=[{"type": "function", "function": function}],
                      tool_choice="required", max_tokens=60, parallel_tool_calls=False).choices[0]
        calls = [(call.function.name, call.function.arguments) for call in answer.message.tool_calls or []]
        expect_same((calls, answer.finish_reason), ([("get_time", "{}")], "tool_calls"))


@check
def tools_with_more_than_can_be_kept():
    """Schemas of tools tell more than they bind: a keyword that cannot be kept leaves any object."""
    parameters = {"type": "object", "properties": {"zones": {"type": "array", "contains": {"const": "UTC"}}}}
    for choice in ("required", "auto"):
        function = {"name": "get_time", "parameters": parameters}
        answer = chat(chat_messages(), model=TOOLS_MODEL, tools=[{"type": "function", "function": function}],
                      tool_choice=choice, max_tokens=80, parallel_tool_calls=False).choices[0]
        # The words of an object without a schema may have no end.
        for call in answer.message.tool_calls or []:
            expect(isinstance(json.loads(call.function.arguments), dict), f"{call} has no object")


# Thoughts.


@check
def thoughts_stand_apart():
    native = post_json("/api/chat", model=THINKING_MODEL, messages=chat_messages(), think=True, stream=False,
                       options=GREEDY)["message"]
    arguments = {"model": THINKING_MODEL, "reasoning_effort": "medium"}
    message = chat(chat_messages(), **arguments).choices[0].message
    expect_same((message.reasoning, message.content), (native["thinking"], native["content"]))
    deltas = [chunk.choices[0].delta for chunk in chat(chat_messages(), stream=True, **arguments)]
    expect_same("".join(getattr(delta, "reasoning", None) or "" for delta in deltas), message.reasoning)
    expect_same("".join(delta.content or "" for delta in deltas), message.content)
    with expect_failure(openai.BadRequestError, "does not support thinking"):
        chat(chat_messages(), reasoning_effort="high")
    expect_same(chat(chat_messages(), reasoning_effort="none").choices[0].message.content, reference())


# Probabilities.


@check
def log_probabilities():
    for alternatives in (0, 3):
        arguments = {"logprobs": True, "top_logprobs": alternatives}
        tokens = chat(chat_messages(), **arguments).choices[0].logprobs.content
        expect_log_probabilities(tokens, reference(), alternatives)
        chunks = list(chat(chat_messages(), stream=True, **arguments))
        lists = [chunk.choices[0].logprobs.content for chunk in chunks if chunk.choices[0].logprobs]
        streamed = [token for tokens_of_chunk in lists for token in tokens_of_chunk]
        expect_log_probabilities(streamed, reference(), alternatives)
        expect_same(streamed, tokens)
    expect_same(chat(chat_messages()).choices[0].logprobs, None)
    with expect_failure(openai.BadRequestError, "top_logprobs"):
        chat(chat_messages(), logprobs=True, top_logprobs=21)


@check
def log_probabilities_of_a_form():
    answer = chat(IN_JSON, response_format=named_schema(Bird), max_tokens=160, logprobs=True, top_logprobs=2).choices[0]
    tokens = answer.logprobs.content
    expect_same(b"".join(bytes(token.bytes) for token in tokens).decode(), answer.message.content)
    expect(all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens), "no probabilities")


@check
def stop_and_log_probabilities():
    word = reference().split()[1]
    response = chat(chat_messages(), stop=word, logprobs=True, top_logprobs=2)
    expect_same(response.choices[0].message.content, reference()[: reference().index(word)])
    tokens = response.choices[0].logprobs.content
    expect(tokens and all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens), "no probabilities")


# Completions.


def complete(prompt, **arguments):
    return compatible.completions.create(model=MODEL, prompt=prompt, **SHORT | arguments)


def prompt_tokens(text):
    """The tokens that a text has as a prompt that goes to the model as it is."""
    reply = post_json("/api/generate", prompt=text, raw=True, stream=False, options=GREEDY | {"num_predict": 1})
    return reply["prompt_eval_count"]


@check
def completion():
    """A text is asked as /api/generate asks it."""
    wanted = post_json("/api/generate", prompt=QUESTION, stream=False, options=GREEDY)["response"]
    whole = complete(QUESTION)
    expect_same((whole.object, whole.choices[0].text), ("text_completion", wanted))
    expect(whole.choices[0].finish_reason in ("stop", "length"), f"ended by {whole.choices[0].finish_reason}")
    expect_same(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens)
    raw = post_json("/api/generate", prompt=QUESTION, raw=True, stream=False, options=GREEDY)["response"]
    expect_same(complete(QUESTION, extra_body={"raw": True}).choices[0].text, raw)
    expect_same(complete(QUESTION, echo=True).choices[0].text, QUESTION + raw)


@check
def completion_stream():
    for echo in (False, True):
        whole = complete(QUESTION, echo=echo, logprobs=2)
        chunks = list(complete(QUESTION, echo=echo, logprobs=2, stream=True, stream_options={"include_usage": True}))
        expect_same("".join(chunk.choices[0].text for chunk in chunks if chunk.choices), whole.choices[0].text)
        expect_same(chunks[-2].choices[0].finish_reason, whole.choices[0].finish_reason)
        expect_same((chunks[-1].choices, chunks[-1].usage), ([], whole.usage))
        for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
            parts = [getattr(chunk.choices[0].logprobs, name) for chunk in chunks
                     if chunk.choices and chunk.choices[0].logprobs]
            expect_same([value for part in parts for value in part], getattr(whole.choices[0].logprobs, name))


@check
def completions_of_several():
    texts = [QUESTION, "The swift is a bird that"]
    reply = complete(texts, echo=True, n=2)
    expect_same([choice.index for choice in reply.choices], [0, 1, 2, 3])
    for choice, text in zip(reply.choices, [texts[0], texts[0], texts[1], texts[1]]):
        expect_same(choice.text, complete(text, echo=True).choices[0].text)
    expect_same(reply.usage.prompt_tokens, sum(map(prompt_tokens, texts)))
    lists = [[40, 41, 42], [43, 44]]
    reply = complete(lists, echo=True)
    expect_same((len(reply.choices), reply.usage.prompt_tokens), (2, 5))
    for tokens, choice in zip(lists, reply.choices):
        expect_same(complete(tokens, echo=True).choices[0].text, choice.text)
        expect(choice.text.endswith(complete(tokens).choices[0].text), f"{choice.text!r} ends in another way")


def expect_scores(choice, alternatives, prompt_count):
    """Lists of one length, whose tokens stand where they say, the first of the prompt without a number."""
    found = choice.logprobs
    count = len(found.tokens)
    expect_same([len(found.token_logprobs), len(found.top_logprobs), len(found.text_offset)], [count] * 3)
    expect_same((found.token_logprobs[0], found.top_logprobs[0]), (None, None))
    expect(count >= prompt_count, f"{count} tokens of a prompt of {prompt_count}")
    for index in range(1, count):
        token, value, top = found.tokens[index], found.token_logprobs[index], found.top_logprobs[index]
        expect(value <= 0 and top[token] == value and len(top) <= alternatives + 1, f"{token!r}: {value} among {top}")
        offset = found.text_offset[index]
        expect(token.startswith("bytes:") or choice.text[offset:offset + len(token)] == token,
               f"{token!r} does not stand at {offset} of {choice.text!r}")


@check
def log_probabilities_of_prompts():
    """What is said of a text is the same of its beginning, of the answer when it was made, and whatever else is asked."""
    text = "The swift is a bird that flies fast. Die Schwalbe fliegt über den See."
    count = prompt_tokens(text)
    for alternatives in (0, 1, 5):
        scored = complete(text, echo=True, logprobs=alternatives, max_tokens=0)
        choice = scored.choices[0]
        expect_same((choice.text, choice.finish_reason, len(choice.logprobs.tokens)), (text, "length", count))
        expect_same((scored.usage.prompt_tokens, scored.usage.completion_tokens), (count, 0))
        expect_scores(choice, alternatives, count)
    # As lm-evaluation-harness asks.
    one = complete(text, echo=True, logprobs=1, max_tokens=1).choices[0]
    expect_same(one.logprobs.token_logprobs[:count], choice.logprobs.token_logprobs)
    expect_same(len(one.logprobs.tokens), count + 1)
    answered = complete(text, echo=True, logprobs=1).choices[0]
    again = complete(answered.text, echo=True, logprobs=1, max_tokens=0).choices[0]
    if again.logprobs.tokens == answered.logprobs.tokens:
        expect_same(again.logprobs.token_logprobs, answered.logprobs.token_logprobs)
    together = complete([text] * 6, echo=True, logprobs=5, max_tokens=0)
    for other in together.choices:
        expect_same(other.logprobs, choice.logprobs)


@check
def best_of():
    """Of the same candidates, those with the highest mean are told first."""
    arguments = {"temperature": 1.5, "seed": 5, "logprobs": 0}
    made = complete(QUESTION, n=4, **arguments).choices
    best = complete(QUESTION, n=2, best_of=4, **arguments)

    def mean(choice):
        return sum(choice.logprobs.token_logprobs) / len(choice.logprobs.token_logprobs)

    wanted = sorted(made, key=mean, reverse=True)[:2]
    expect_same([choice.text for choice in best.choices], [choice.text for choice in wanted])
    expect(best.usage.completion_tokens >= sum(len(choice.logprobs.tokens) for choice in made), f"{best.usage}")


@check
def completions_that_cannot_be():
    for field, arguments in (
        ("best_of", {"n": 2, "best_of": 1}), ("best_of", {"best_of": 2, "stream": True}), ("n", {"n": 10**9}),
        ("logprobs", {"logprobs": 6}), ("suffix", {"suffix": "b", "echo": True}), ("max_tokens", {"max_tokens": 0}),
    ):
        with expect_failure(openai.BadRequestError, field):
            complete("a", **arguments)
    for prompt in ([], [[]], [10**9], [-1], [10**12], [[1], ["a"]], ["a"] * 129):
        with expect_failure(openai.BadRequestError, "prompt"):
            complete(prompt)
    with expect_failure(openai.BadRequestError, "does not support insert"):
        complete("a", suffix="b")
    with expect_failure(openai.NotFoundError, "not found"):
        compatible.completions.create(model="no-such-model", prompt="a")


# Embeddings.


def embed(text, **arguments):
    return compatible.embeddings.create(model=EMBEDDING_MODEL, input=text, **arguments)


@check
def embeddings():
    native = post_json("/api/embed", model=EMBEDDING_MODEL, input=SENTENCES)
    # The client itself asks for base 64 where it is told nothing, and reads it.
    for form in ({}, {"encoding_format": "float"}, {"encoding_format": "base64"}):
        reply = embed(SENTENCES, **form)
        expect_same([entry.index for entry in reply.data], [0, 1, 2])
        expect_same(reply.usage.prompt_tokens, native["prompt_eval_count"])
        for entry, wanted in zip(reply.data, native["embeddings"]):
            vector = entry.embedding
            if isinstance(vector, str):
                expect_same(form, {"encoding_format": "base64"})
                vector = struct.unpack(f"<{len(wanted)}f", base64.b64decode(vector, validate=True))
            expect_unit(vector)
            expect_same_vector(vector, wanted)
    expect_same_vector(embed(SENTENCES[0]).data[0].embedding, native["embeddings"][0])


@check
def wire_of_embeddings():
    for form, kind in (("float", list), ("base64", str)):
        reply = post_json("/v1/embeddings", model=EMBEDDING_MODEL, input=SENTENCES[0], encoding_format=form)
        expect_keys(reply, "object data model usage")
        expect_same((reply["object"], reply["model"]), ("list", EMBEDDING_MODEL))
        expect_keys(reply["data"][0], "object embedding index")
        expect_same((reply["data"][0]["object"], reply["data"][0]["index"]), ("embedding", 0))
        expect(isinstance(reply["data"][0]["embedding"], kind), f"a {form} vector is no {kind}")
        expect_keys(reply["usage"], "prompt_tokens total_tokens")


@check
def embedding_dimensions():
    whole = embed(SENTENCES[0]).data[0].embedding
    for dimensions in (1, 16):
        cut = embed(SENTENCES[0], dimensions=dimensions).data[0].embedding
        expect_unit(cut)
        expect_same_vector(cut, whole[:dimensions])


@check
def embeddings_of_tokens():
    lists = [[10, 11, 12], [13, 14]]
    reply = embed(lists)
    expect_same((len(reply.data), reply.usage.prompt_tokens), (2, 5))
    for tokens, entry in zip(lists, reply.data):
        one = embed(tokens)
        expect_same((len(one.data), one.usage.prompt_tokens), (1, len(tokens)))
        expect_same_vector(one.data[0].embedding, entry.embedding)


@check
def embeddings_that_cannot_be():
    for text, words in (([], "invalid input"), ([[1], ["a"]], "invalid input type"), ([10**9], "no token"),
                        ([-1], "no token")):
        with expect_failure(openai.BadRequestError, words):
            embed(text)
    with expect_failure(openai.BadRequestError, "encoding_format"):
        compatible.embeddings.create(model=EMBEDDING_MODEL, input="a", extra_body={"encoding_format": "hex"})
    with expect_failure(openai.NotFoundError, "not found"):
        compatible.embeddings.create(model="no-such-model", input="a")


# Errors.


@check
def wire_of_errors():
    for body, status, kind in (
        ({"model": "no-such-model", "messages": chat_messages()}, 404, "not_found_error"),
        ({"messages": []}, 400, "invalid_request_error"),
        ({"messages": chat_messages(), "stream": "yes"}, 400, "invalid_request_error"),
    ):
        found, content_type, text = post("/v1/chat/completions", **body)
        expect_same((found, content_type), (status, "application/json; charset=utf-8"))
        expect_keys(json.loads(text), "error")
        error = json.loads(text)["error"]
        expect_keys(error, "message type param code")
        expect_same(error["type"], kind)


@check
def unknown_model():
    for streamed in (False, True):
        with expect_failure(openai.NotFoundError, "not found"):
            chat(chat_messages(), model="no-such-model", stream=streamed)


@check
def images_are_refused():
    with expect_failure(openai.BadRequestError, "image"):
        chat([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": PIXEL_URL}}]}])


@check
def refusals_name_the_field():
    for field, value in (("n", 0), ("max_tokens", 0), ("functions", [{"name": "f"}])):
        with expect_failure(openai.BadRequestError, field):
            compatible.chat.completions.create(model=MODEL, messages=chat_messages(), extra_body={field: value})


@check
def several_choices():
    """Each has a seed of its own."""
    choices = chat(chat_messages(), n=3, temperature=1.5, seed=1).choices
    expect([choice.index for choice in choices] == [0, 1, 2], f"{choices}")
    expect(len({choice.message.content for choice in choices}) > 1, f"{choices}")


# What other clients send.


@check
def messages_without_words():
    """Histories of agents: no words beside a call, words as a part, results as parts, and fields that say nothing."""
    part = [{"type": "text", "text": QUESTION}]
    for field in ({"n": 1}, {"user": "someone", "store": False}, {"tool_choice": "none"}, {"logit_bias": {}},
                  {"stop": []}):
        expect_same(chat([{"role": "user", "content": part}], **field).choices[0].message.content, reference())
    for content in (None, "", [], part):
        for arguments in ("{}", "", None):
            call = {"id": "c", "type": "function", "function": {"name": "now", "arguments": arguments}}
            assistant = {"role": "assistant", "content": content, "tool_calls": [call]}
            answer = {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "noon"}]}
            chat([*chat_messages(), assistant, answer], max_tokens=1)


@check
def logit_bias():
    """A token of the answer that is forbidden does not come."""
    context = post_json("/api/generate", prompt=QUESTION, stream=False, options=GREEDY | {"num_predict": 1})["context"]
    changed = chat(chat_messages(), logit_bias={str(context[-1]): -100}).choices[0].message.content
    expect(changed != reference(), f"{changed!r} in spite of a bias")


# Connections.


@check
def answers_together_are_those_alone():
    async def together(requests):
        async with openai.AsyncOpenAI(base_url=f"{BASE_URL}/v1", api_key="unused", max_retries=0) as client:
            return await asyncio.gather(*(client.chat.completions.create(**request) for request in requests))

    plain = {"model": MODEL, "messages": chat_messages(), **LONG}
    calls = {"model": TOOLS_MODEL, "tools": BOTH, "parallel_tool_calls": False}
    requests = [plain | {"max_tokens": 24}, plain | {"response_format": named_schema(Bird)},
                plain | {"response_format": named_schema(Flock)}, plain | calls | {"tool_choice": "required"},
                plain | calls | {"tool_choice": named("get_time")}]

    def said(answer):
        message = answer.choices[0].message
        return message.content, [call.function for call in message.tool_calls or []]

    found = [said(answer) for answer in asyncio.run(together(requests))]
    expect_same(found, [said(compatible.chat.completions.create(**request)) for request in requests])


@check
def no_request_after_a_failed_one_is_lost():
    limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1)
    client = compatible.with_options(http_client=openai.DefaultHttpxClient(limits=limits))
    for pair in range(PAIRS):
        with expect_failure(openai.NotFoundError):
            client.chat.completions.create(model="no-such-model", messages=chat_messages(), stream=pair % 2 == 0)
        answer = client.chat.completions.create(
            model=MODEL, messages=chat_messages(), temperature=0, max_tokens=1, stream=pair % 4 < 2)
        reason = list(answer)[-1].choices[0].finish_reason if pair % 4 < 2 else answer.choices[0].finish_reason
        expect_same(reason, "length")


run()
