"""The client of Anthropic: messages, streams of events, thoughts, forced calls of tools, counts of tokens, errors."""
import anthropic

from checking import *

client = anthropic.Anthropic(base_url=BASE_URL, api_key="unused", max_retries=0)
# The client has no arguments for these; servers take them.
GREEDILY = {"temperature": 0, "top_k": 1}
QUESTIONS = chat_messages()


def create(model=MODEL, **arguments):
    arguments = {"max_tokens": 24, "messages": QUESTIONS, "extra_body": GREEDILY} | arguments
    return client.messages.create(model=model, **arguments)


def stream(model=MODEL, **arguments):
    """The events as the client tells them, and the message it gathers."""
    arguments = {"max_tokens": 24, "messages": QUESTIONS, "extra_body": GREEDILY} | arguments
    with client.messages.stream(model=model, **arguments) as events:
        return list(events), events.get_final_message()


def text(message):
    return "".join(block.text for block in message.content if block.type == "text")


def native(system=None, model=MODEL):
    options = {"temperature": 0, "top_k": 1, "num_predict": 24}
    reply = post_json("/api/chat", model=model, messages=chat_messages(system), stream=False, options=options)
    return reply["message"]["content"]


def declared(*names):
    tools = [tool(name)["function"] for name in names]
    return [{"name": tool["name"], "description": tool["description"], "input_schema": tool["parameters"]}
            for tool in tools]


@check
def models():
    ids = [model.id for model in client.models.list()]
    expect(any(MODEL in (name, name.removesuffix(":latest")) for name in ids), f"{MODEL} is not among {ids}")
    expect_same(client.models.retrieve(MODEL).id, MODEL)


@check
def whole():
    message = create()
    expect_same((message.type, message.role, message.model), ("message", "assistant", MODEL))
    expect(message.id.startswith("msg_"), f"the id is {message.id}")
    expect_same([block.type for block in message.content], ["text"])
    expect_same(text(message), native())
    expect(message.stop_reason in ("end_turn", "max_tokens") and message.stop_sequence is None, f"ended by {message}")
    expect(message.usage.output_tokens > 0, f"the usage is {message.usage}")


@check
def system_prompt():
    wanted = native(SYSTEM)
    block = {"type": "text", "text": SYSTEM, "cache_control": {"type": "ephemeral"}}
    for system in (SYSTEM, [block]):
        expect_same(text(create(system=system)), wanted)


@check
def events_of_a_stream():
    events, message = stream()
    kinds = [event.type for event in events if event.type != "text"]
    deltas = kinds.count("content_block_delta")
    expect(deltas > 2, f"events are {kinds}")
    expect_same(kinds, ["message_start", "content_block_start", *["content_block_delta"] * deltas,
                        "content_block_stop", "message_delta", "message_stop"])
    expect_same(text(message), native())
    counted = client.messages.count_tokens(model=MODEL, messages=QUESTIONS).input_tokens
    expect_same(events[0].message.usage.input_tokens, counted)
    expect_same(message.usage.input_tokens + message.usage.cache_read_input_tokens, counted)
    expect(message.stop_reason in ("end_turn", "max_tokens"), f"ended by {message.stop_reason}")


@check
def blocks_of_messages():
    """A text in blocks is the text; what is not known is passed over."""
    blocks = [{"type": "text", "text": QUESTION}, {"type": "container_upload", "file_id": "file_1"}]
    expect_same(text(create(messages=[{"role": "user", "content": blocks}])), native())


@check
def stop_sequences():
    words = native().split()
    stop = words[2]
    for message in (create(stop_sequences=["@@@@", stop]), stream(stop_sequences=["@@@@", stop])[1]):
        expect_same((message.stop_reason, message.stop_sequence), ("stop_sequence", stop))
        expect(stop not in text(message), f"{stop!r} is in {text(message)!r}")


@check
def limit():
    message = create(max_tokens=3)
    expect_same((message.stop_reason, message.usage.output_tokens), ("max_tokens", 3))


@check
def thoughts():
    """A thought comes with a signature, and is held to its budget; none comes where it is switched off."""
    enabled = {"type": "enabled", "budget_tokens": 8}
    arguments = {"model": THINKING_MODEL, "max_tokens": 40}
    events, message = stream(thinking=enabled, **arguments)
    for answer in (message, create(thinking=enabled, **arguments)):
        expect_same(answer.content[0].type, "thinking")
        expect(answer.content[0].thinking and answer.content[0].signature, f"the thought is {answer.content[0]}")
        expect("text" in [block.type for block in answer.content], f"no answer follows the thought: {answer.content}")
    kinds = [event.type for event in events]
    expect(kinds.count("signature") == 1 and "thinking" in kinds, f"events are {kinds}")
    again = QUESTIONS + [{"role": "assistant", "content": message.content}, *chat_messages(question="And three more?")]
    expect(create(messages=again, thinking=enabled, **arguments).content, "nothing is said after a thought")
    off = create(thinking={"type": "disabled"}, **arguments)
    expect("thinking" not in [block.type for block in off.content], f"a thought that was not wanted: {off.content}")


@check
def thoughts_of_a_model_that_has_none():
    expect_same(text(create(thinking={"type": "enabled", "budget_tokens": 1024})), native())


@check
def forced_calls():
    tools = declared("get_weather", "get_time")
    for choice, names in (({"type": "any"}, TOOLS), ({"type": "tool", "name": "get_time"}, ["get_time"])):
        choice = choice | {"disable_parallel_tool_use": True}
        arguments = {"model": TOOLS_MODEL, "tools": tools, "tool_choice": choice, "max_tokens": 160}
        events, streamed = stream(**arguments)
        for message in (create(**arguments), streamed):
            calls = [block for block in message.content if block.type == "tool_use"]
            expect_same((len(calls), message.stop_reason), (1, "tool_use"))
            expect(calls[0].name in names and calls[0].id, f"the call is {calls[0]}")
            expect_arguments(calls[0].name, calls[0].input)
        pieces = [event.partial_json for event in events if event.type == "input_json"]
        expect(len(pieces) > 1, f"the input came in {pieces}")


@check
def tool_round_trip():
    """A call and its result make the prompt longer, and an answer follows."""
    arguments = {"model": TOOLS_MODEL, "tools": declared("get_weather")}
    call = create(tool_choice={"type": "any"}, **arguments | {"max_tokens": 160})
    block = next(block for block in call.content if block.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": block.id, "content": [{"type": "text", "text": "Rain."}]}
    messages = QUESTIONS + [{"role": "assistant", "content": call.content}, {"role": "user", "content": [result]}]
    answer = create(messages=messages, tool_choice={"type": "none"}, **arguments)
    expect(answer.stop_reason != "tool_use" and text(answer), f"the answer is {answer}")
    counts = [client.messages.count_tokens(messages=history, **arguments).input_tokens
              for history in (QUESTIONS, messages)]
    expect(counts[0] < counts[1], f"counted {counts}")


@check
def schemas():
    for kind in (Bird, Flock):
        form = {"type": "json_schema", "schema": kind.model_json_schema()}
        kind.model_validate_json(text(create(output_config={"format": form}, max_tokens=160)), strict=True)


class Flight(pydantic.BaseModel):
    """The client takes patterns and bounds from a schema; here is none."""

    kind: Literal["falcon", "swift", "eagle"]
    migrates: bool


@check
def parse():
    message = client.messages.parse(model=MODEL, max_tokens=80, messages=QUESTIONS, output_format=Flight,
                                    extra_body=GREEDILY)
    expect(isinstance(message.parsed_output, Flight), f"parsed {message.parsed_output!r}")


@check
def refusals():
    with expect_failure(anthropic.NotFoundError, "404", "not_found_error", "not found"):
        create(model="no-such-model")
    with expect_failure(anthropic.NotFoundError, "not found"):
        client.messages.count_tokens(model="no-such-model", messages=QUESTIONS)
    with expect_failure(anthropic.BadRequestError, "400", "invalid_request_error", "must be positive"):
        create(max_tokens=0)
    with expect_failure(anthropic.BadRequestError, "does not support tools"):
        create(tools=declared("get_time"))
    with expect_failure(anthropic.BadRequestError, "does not support images"):
        source = {"type": "base64", "media_type": "image/png", "data": "AQI="}
        create(messages=[{"role": "user", "content": [{"type": "image", "source": source}]}])
    with expect_failure(anthropic.BadRequestError, "get_nothing"):
        create(model=TOOLS_MODEL, tools=declared("get_time"), tool_choice={"type": "tool", "name": "get_nothing"})


run()
