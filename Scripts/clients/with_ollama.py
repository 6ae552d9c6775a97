"""The client of Ollama: chats, answers of a form, tools, thoughts, embeddings, and the lists of models."""
import asyncio
import base64
import http.client
import json
import urllib.parse

import httpx
import ollama

from checking import *

# Failed and good requests in turns over one connection.
PAIRS = 150
# A PNG of one pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

native = ollama.Client(host=BASE_URL)


def native_chat(model=MODEL, options=GREEDY, **arguments):
    return native.chat(model, **arguments, options=options)


def expect_model_among(names):
    expect(any(MODEL in (name, name.removesuffix(":latest")) for name in names), f"{MODEL} is not among {names}")


@check
def version_and_list():
    expect_model_among([model.model for model in native.list().models])
    for model in native.list().models:
        expect(model.size > 0 and len(model.digest) == 64 and model.modified_at is not None, f"bad entry {model}")


@check
def show():
    shown = native.show(MODEL)
    expect(shown.modelinfo["general.architecture"], "no architecture")
    expect("completion" in shown.capabilities, f"capabilities are {shown.capabilities}")
    expect(shown.modelfile.startswith("# Modelfile"), "no Modelfile")


@check
def show_capabilities_of_templates():
    for model, capability in ((TOOLS_MODEL, "tools"), (THINKING_MODEL, "thinking")):
        expect(capability in native.show(model).capabilities, f"{model} cannot do {capability}")
        expect(capability not in native.show(MODEL).capabilities, f"{MODEL} can do {capability}")


@check
def show_unknown():
    with expect_failure(ollama.ResponseError, "not found", "404"):
        native.show("no-such-model")


@check
def chat_whole():
    response = native_chat(messages=chat_messages())
    expect(response.done and response.done_reason in ("stop", "length"), f"ended by {response.done_reason}")
    expect(response.message.content.strip(), "no text")
    expect(response.eval_count > 0 and response.prompt_eval_count > 0 and response.total_duration > 0, "no counts")
    expect_same(response.message.content, reference())


@check
def chat_stream():
    chunks = list(native_chat(messages=chat_messages(), stream=True))
    expect(len(chunks) > 2, f"only {len(chunks)} chunks")
    expect([chunk.done for chunk in chunks].index(True) == len(chunks) - 1, "done is not the last chunk alone")
    expect_same("".join(chunk.message.content or "" for chunk in chunks), reference())


@check
def generate_whole():
    response = native.generate(MODEL, QUESTION, options=GREEDY)
    expect_same(response.response, reference())
    expect(response.context, "no context")


@check
def generate_stream():
    chunks = list(native.generate(MODEL, QUESTION, options=GREEDY, stream=True))
    expect_same("".join(chunk.response for chunk in chunks), reference())


@check
def system_prompt_by_both_routes():
    by_chat = native_chat(messages=chat_messages(SYSTEM)).message.content
    expect_same(native.generate(MODEL, QUESTION, system=SYSTEM, options=GREEDY).response, by_chat)


@check
def options_limit_and_stop():
    short = native.generate(MODEL, QUESTION, options=GREEDY | {"num_predict": 3})
    expect_same((short.eval_count, short.done_reason), (3, "length"))
    expect(reference().startswith(short.response), f"{short.response!r} does not begin the answer")
    word = reference().split()[1]
    stopped = native.generate(MODEL, QUESTION, options=GREEDY | {"stop": [word]})
    expect_same(stopped.response, reference()[: reference().index(word)])
    expect_same(stopped.done_reason, "stop")


@check
def bad_option():
    with expect_failure(ollama.ResponseError, 'option "seed" must be of type integer'):
        native.generate(MODEL, QUESTION, options={"seed": "many"})


@check
def images_are_refused():
    with expect_failure(ollama.ResponseError, "image", "400"):
        native_chat(messages=[{"role": "user", "content": "What is this?", "images": [PIXEL]}])


@check
def load_and_ps_and_unload():
    expect_same(native.generate(MODEL, "", keep_alive="5m").done_reason, "load")
    expect_model_among([model.model for model in native.ps().models])
    expect_same(native.generate(MODEL, "", keep_alive=0).done_reason, "unload")


# Wire.


METRICS = (
    "total_duration load_duration prompt_eval_count prompt_eval_duration eval_count eval_duration"
    # Not of Ollama: tokens that were guessed ahead.
    " draft_count draft_accepted_count"
)


@check
def wire_of_chat():
    arguments = {"messages": chat_messages(), "options": GREEDY}
    *parts, last = post_lines("/api/chat", **arguments)
    for part in parts:
        expect_keys(part, "model created_at message done")
        expect_keys(part["message"], "role content")
        expect_same((part["model"], part["done"], part["message"]["role"]), (MODEL, False, "assistant"))
    expect_keys(last, "model created_at message done done_reason", METRICS)
    whole = post_json("/api/chat", stream=False, **arguments)
    expect_keys(whole, "model created_at message done done_reason", METRICS)
    expect_same(whole["message"], {"role": "assistant", "content": reference()})


@check
def wire_of_generate():
    arguments = {"prompt": QUESTION, "options": GREEDY}
    *parts, last = post_lines("/api/generate", **arguments)
    for part in parts:
        expect_keys(part, "model created_at response done")
    expect_keys(last, "model created_at response done done_reason context", METRICS)
    whole = post_json("/api/generate", stream=False, **arguments)
    expect_keys(whole, "model created_at response done done_reason context", METRICS)
    expect_same(whole["context"], last["context"])
    raw = post_json("/api/generate", stream=False, raw=True, **arguments)
    expect_keys(raw, "model created_at response done done_reason", METRICS)


# Answers of a form.


def expect_form(text, form):
    if form == "json":
        expect(isinstance(json.loads(text), dict), f"{text!r} is no object")
    else:
        Flock.model_validate_json(text, strict=True)


FORMS = ("json", Flock.model_json_schema())


@check
def chat_of_a_form():
    for form in FORMS:
        arguments = {"messages": chat_messages(question="Describe birds in JSON."), "format": form, "options": ROOMY}
        whole = native.chat(MODEL, **arguments)
        # The words of an object without a schema may have no end.
        if form != "json" or whole.done_reason == "stop":
            expect_same(whole.done_reason, "stop")
            expect_form(whole.message.content, form)
        chunks = list(native.chat(MODEL, stream=True, **arguments))
        expect(len(chunks) > 2, f"only {len(chunks)} chunks")
        expect_same("".join(chunk.message.content or "" for chunk in chunks), whole.message.content)


@check
def generate_of_a_form():
    for form in FORMS:
        arguments = {"prompt": "Describe birds in JSON.", "format": form, "options": ROOMY}
        whole = native.generate(MODEL, **arguments)
        if form != "json" or whole.done_reason == "stop":
            expect_same(whole.done_reason, "stop")
            expect_form(whole.response, form)
        chunks = list(native.generate(MODEL, stream=True, **arguments))
        expect_same("".join(chunk.response for chunk in chunks), whole.response)


@check
def any_json_is_an_object():
    """A stop at the first brace that closes leaves the beginning of an object."""
    response = native_chat(messages=chat_messages(), format="json", options=GREEDY)
    expect(response.message.content.startswith("{"), f"{response.message.content!r} is no object")


@check
def forms_are_kept_by_chance_too():
    """Where tokens are drawn, those that a schema forbids are not among them."""
    for seed in range(4):
        options = {"temperature": 1.8, "seed": seed, "num_predict": 160}
        response = native_chat(messages=chat_messages(), format=Bird.model_json_schema(), options=options)
        expect_same(response.done_reason, "stop")
        Bird.model_validate_json(response.message.content, strict=True)


@check
def forms_that_are_no_objects():
    for schema, kinds in (({"type": "integer", "minimum": 10, "maximum": 99}, int), ({"enum": ["a", "b"]}, str),
                          ({"type": "array", "items": {"type": "boolean"}, "maxItems": 3}, list)):
        value = json.loads(native_chat(messages=chat_messages(), format=schema).message.content)
        expect(isinstance(value, kinds), f"{value!r} is not of {schema}")


@check
def forms_that_cannot_be_kept():
    with expect_failure(ollama.ResponseError, '"contains"', "#/properties/birds", "400"):
        schema = {"type": "object", "properties": {"birds": {"type": "array", "contains": {"type": "string"}}}}
        native_chat(messages=chat_messages(), format=schema)
    status, _, text = post("/api/chat", messages=chat_messages(), format="yaml")
    expect(status in (400, 500) and json.loads(text)["error"].startswith("invalid format: "), f"{status}: {text}")


# Tools.


CALL = {"role": "assistant", "content": "",
        "tool_calls": [{"function": {"name": "get_weather", "arguments": {"city": "Oslo", "days": 2}}}]}
RESULT = {"role": "tool", "tool_name": "get_weather", "content": "Rain."}


@check
def tools_need_a_template():
    for stream in (False, True):
        with expect_failure(ollama.ResponseError, f"{MODEL}:latest does not support tools", "400"):
            list(native_chat(messages=chat_messages(), tools=[tool("get_weather")], stream=stream))


def expect_answer_with_tools(messages):
    """Words or calls, as the model likes, and the same ones where the answer is streamed."""
    arguments = {"messages": messages, "tools": [tool("get_weather"), tool("get_time")], "options": ROOMY}
    whole = native.chat(TOOLS_MODEL, **arguments)
    calls = whole.message.tool_calls or []
    expect(whole.message.content or calls, "no answer")
    chunks = list(native.chat(TOOLS_MODEL, stream=True, **arguments))
    expect_same("".join(chunk.message.content or "" for chunk in chunks), whole.message.content)
    streamed = [call for chunk in chunks for call in chunk.message.tool_calls or []]
    expect_same([call.function for call in streamed], [call.function for call in calls])
    for call in calls:
        expect(isinstance(call.function.arguments, dict), f"{call} has no arguments")
    return whole


@check
def tools_are_taken():
    expect_answer_with_tools(chat_messages(question="What is the weather in Graz?"))


@check
def tools_are_called():
    """A model that sees the same call five times makes it a sixth time, if it does; then it has this shape."""
    turns = [{"role": "user", "content": "The weather in Oslo?"}, CALL, RESULT] * 5
    answer = expect_answer_with_tools([*turns, {"role": "user", "content": "The weather in Oslo?"}])
    for call in answer.message.tool_calls or []:
        expect_same(call.function.name, "get_weather")
        expect_arguments("get_weather", dict(call.function.arguments))
    print(f"      {len(answer.message.tool_calls or [])} calls, {answer.message.content!r}")


@check
def tools_of_functions():
    """The client writes the schema of a function."""
    def get_weather(city: str, days: int = 1) -> str:
        """The weather of a city.

        Args:
            city: where
            days: how many
        """
        return f"Rain in {city} for {days} days."

    response = native.chat(TOOLS_MODEL, messages=chat_messages(), tools=[get_weather], options=GREEDY)
    expect(response.message.content or response.message.tool_calls, "no answer")


@check
def tool_turns_reach_the_prompt():
    """A call and its result make the prompt longer, and are no longer told of where they are left out."""
    question, call, result = chat_messages(question="The weather in Oslo?")[0], CALL, RESULT
    counts = [native.chat(TOOLS_MODEL, messages=messages, options=GREEDY | {"num_predict": 1}).prompt_eval_count
              for messages in ([question], [question, call], [question, call, result])]
    expect(counts[0] < counts[1] < counts[2], f"prompts of {counts} tokens")


@check
def tools_with_a_form():
    """An answer is a call or content of the form. The client leaves bounds of numbers out of a tool's schema."""
    for tools in ([tool("get_weather")], []):
        answer = native.chat(TOOLS_MODEL, messages=chat_messages(), tools=tools, format=Bird.model_json_schema(),
                             options=ROOMY)
        expect_same(answer.done_reason, "stop")
        for call in answer.message.tool_calls or []:
            expect_same(call.function.name, "get_weather")
            expect(call.function.arguments["city"] in ("Graz", "Oslo", "Lima"), f"{call} is not what the tool takes")
        if not answer.message.tool_calls:
            Bird.model_validate_json(answer.message.content, strict=True)


# Thoughts.


@check
def thinking_needs_a_template():
    for think in (True, "low"):
        with expect_failure(ollama.ResponseError, f'"{MODEL}" does not support thinking', "400"):
            native_chat(messages=chat_messages(), think=think)
        with expect_failure(ollama.ResponseError, f'"{MODEL}" does not support thinking', "400"):
            native.generate(MODEL, QUESTION, think=think, options=GREEDY)
    expect_same(native_chat(messages=chat_messages(), think=False).message.content, reference())


@check
def bad_thinking():
    status, _, text = post("/api/chat", messages=chat_messages(), think="much")
    wanted = 'invalid think value: "much" (must be "high", "medium", "low", "max", true, or false)'
    expect_same((status, json.loads(text)), (400, {"error": wanted}))


@check
def thoughts_stand_apart():
    arguments = {"messages": chat_messages(), "think": True, "options": ROOMY | {"max_thinking_tokens": 12}}
    whole = native.chat(THINKING_MODEL, **arguments).message
    expect(whole.thinking and "<" not in whole.thinking, f"the thought is {whole.thinking!r}")
    expect(whole.content and not whole.content.startswith("<"), f"the answer is {whole.content!r}")
    chunks = [chunk.message for chunk in native.chat(THINKING_MODEL, stream=True, **arguments)]
    expect_same("".join(chunk.thinking or "" for chunk in chunks), whole.thinking)
    expect_same("".join(chunk.content or "" for chunk in chunks), whole.content)
    generated = native.generate(THINKING_MODEL, QUESTION, think=True, options=arguments["options"])
    expect_same((generated.thinking, generated.response), (whole.thinking, whole.content))
    silent = native.chat(THINKING_MODEL, messages=chat_messages(), think=False, options=GREEDY).message
    generated = native.generate(THINKING_MODEL, QUESTION, think=False, options=GREEDY)
    expect_same((silent.thinking, silent.content), (None, generated.response))


@check
def thoughts_before_a_form():
    arguments = {"messages": chat_messages(), "think": True, "format": Bird.model_json_schema(),
                 "options": ROOMY | {"max_thinking_tokens": 12}}
    answer = native.chat(THINKING_MODEL, **arguments)
    expect(answer.message.thinking, "no thought")
    expect_same(answer.done_reason, "stop")
    Bird.model_validate_json(answer.message.content, strict=True)
    chunks = list(native.chat(THINKING_MODEL, stream=True, **arguments))
    expect_same("".join(chunk.message.content or "" for chunk in chunks), answer.message.content)


# Probabilities.


@check
def log_probabilities():
    for alternatives in (0, 3):
        arguments = {"logprobs": True, "top_logprobs": alternatives, "options": GREEDY}
        chat = native.chat(MODEL, messages=chat_messages(), **arguments)
        expect_log_probabilities(chat.logprobs, reference(), alternatives)
        chunks = list(native.chat(MODEL, messages=chat_messages(), stream=True, **arguments))
        tokens = [token for chunk in chunks for token in chunk.logprobs or []]
        expect_log_probabilities(tokens, reference(), alternatives)
        expect_same([token.logprob for token in tokens], [token.logprob for token in chat.logprobs])
        generated = native.generate(MODEL, QUESTION, **arguments)
        expect_log_probabilities(generated.logprobs, reference(), alternatives)
    expect_same(native_chat(messages=chat_messages()).logprobs, None)
    with expect_failure(ollama.ResponseError, "top_logprobs must be between 0 and 20", "400"):
        native_chat(messages=chat_messages(), logprobs=True, top_logprobs=21)


@check
def log_probabilities_of_a_form():
    arguments = {"messages": chat_messages(), "format": Bird.model_json_schema(), "logprobs": True, "options": ROOMY}
    answer = native.chat(MODEL, **arguments)
    expect_same("".join(token.token for token in answer.logprobs), answer.message.content)
    tokens = post_json("/api/chat", stream=False, top_logprobs=1, **arguments)["logprobs"]
    for token in tokens:
        expect_keys(token, "token logprob bytes top_logprobs")
        expect_keys(token["top_logprobs"][0], "token logprob bytes")
    expect_same(b"".join(bytes(token["bytes"]) for token in tokens).decode(), answer.message.content)


# Embeddings.


@check
def embed_one_and_many():
    many = native.embed(EMBEDDING_MODEL, SENTENCES)
    expect_same(len(many.embeddings), len(SENTENCES))
    expect_same(many.model, EMBEDDING_MODEL)
    expect(many.prompt_eval_count > len(SENTENCES) and many.total_duration > 0, f"no counts in {many}"[:200])
    for sentence, vector in zip(SENTENCES, many.embeddings):
        expect_unit(vector)
        one = native.embed(EMBEDDING_MODEL, sentence)
        expect_same_vector(one.embeddings[0], vector)
    if EMBEDDING_MODEL != MODEL:
        near, far = cosine(many.embeddings[0], many.embeddings[2]), cosine(many.embeddings[1], many.embeddings[2])
        expect(near > far, f"a sentence on bread is nearer to trains ({far}) than to bread ({near})")


@check
def wire_of_embed():
    reply = post_json("/api/embed", model=EMBEDDING_MODEL, input=SENTENCES[0])
    expect_keys(reply, "model embeddings prompt_eval_count total_duration", "load_duration")
    expect(all(type(x) is float for x in reply["embeddings"][0]), "what is no number stands in a vector")
    for nothing in ({}, {"input": None}, {"input": ""}, {"input": []}):
        expect_same(post_json("/api/embed", model=EMBEDDING_MODEL, **nothing),
                    {"model": EMBEDDING_MODEL, "embeddings": []})


@check
def embed_dimensions():
    whole = native.embed(EMBEDDING_MODEL, SENTENCES[0]).embeddings[0]
    for dimensions in (1, 16, len(whole) + 1):
        cut = native.embed(EMBEDDING_MODEL, SENTENCES[0], dimensions=dimensions).embeddings[0]
        expect_unit(cut)
        expect_same_vector(cut, whole[:dimensions])


@check
def embed_long_text():
    long = ["a", "word " * 9000]
    cut = native.embed(EMBEDDING_MODEL, long, options={"num_ctx": 128})
    expect_same(len(cut.embeddings), 2)
    expect(64 < cut.prompt_eval_count <= 140, f"{cut.prompt_eval_count} tokens after a cut to 128")
    with expect_failure(ollama.ResponseError, "input 1", "400"):
        native.embed(EMBEDDING_MODEL, long, truncate=False, options={"num_ctx": 128})


@check
def embed_refusals():
    with expect_failure(ollama.ResponseError, 'model "no-such-model" not found, try pulling it first', "404"):
        native.embed("no-such-model", "text")
    status, _, text = post("/api/embed", model=EMBEDDING_MODEL, input=[1])
    expect_same((status, json.loads(text)), (400, {"error": "invalid input type"}))


@check
def older_embeddings():
    vector = native.embeddings(EMBEDDING_MODEL, SENTENCES[0]).embedding
    expect_same_vector(vector, native.embed(EMBEDDING_MODEL, SENTENCES[0]).embeddings[0])
    expect_keys(post_json("/api/embeddings", model=EMBEDDING_MODEL, prompt=SENTENCES[0]), "embedding")
    expect_same(post_json("/api/embeddings", model=EMBEDDING_MODEL, prompt=""), {"embedding": []})


# Models.


@check
def create_and_copy_and_delete():
    name, copied = "check-created", "check-copied"
    steps = list(native.create(model=name, from_=MODEL, system=SYSTEM, parameters={"temperature": 0}, stream=True))
    expect_same(steps[-1].status, "success")
    native.copy(name, copied)
    native.delete(name)
    answer = native.chat(copied, messages=chat_messages(), options=GREEDY).message.content
    expect_same(answer, native_chat(messages=chat_messages(SYSTEM)).message.content)
    native.delete(copied)
    with expect_failure(ollama.ResponseError, "not found", "404"):
        native.delete(copied)


# What other and older clients send.


@check
def spellings_of_older_clients():
    """Everything that ollama-python up to 0.3 and OllamaLLM of LangChain send though it says nothing."""
    by_generate = {"suffix": "", "system": "", "template": "", "context": [], "raw": False, "images": []}
    for empty in (
        {"format": "", "keep_alive": None},
        {"format": "", "keep_alive": "", "think": None},
        {"format": None, "keep_alive": "5m", "truncate": None, "logprobs": None, "top_logprobs": None},
    ):
        generated = post_json("/api/generate", prompt=QUESTION, stream=False, options=GREEDY, **by_generate, **empty)
        expect_same(generated["response"], reference())
        chatted = post_json("/api/chat", messages=chat_messages(), stream=False, tools=[], options=GREEDY, **empty)
        expect_same(chatted["message"]["content"], reference())


@check
def spellings_of_options():
    """Clients with forms send every option, those that are left open as nothing, an empty text or an empty list."""
    word = reference().split()[1]
    for stop, wanted in (([], reference()), ("", reference()), (None, reference()), ([""], reference()),
                         (word, reference()[: reference().index(word)])):
        empty = {"mirostat": None, "num_ctx": None, "top_k": "", "num_gpu": None, "tfs_z": None}
        options = GREEDY | {"stop": stop} | empty
        reply = post_json("/api/chat", messages=chat_messages(), stream=False, options=options)
        expect_same(reply["message"]["content"], wanted)


@check
def spellings_of_keep_alive():
    short = GREEDY | {"num_predict": 1}
    for span in (-1, "-1", "-1m", 30, "30", 90.5, "90.5", "1h30m", "", None):
        reply = post_json("/api/generate", prompt=QUESTION, stream=False, options=short, keep_alive=span)
        expect(reply["done"], f"{span!r}: {reply}")
    expect_same(post_json("/api/generate", keep_alive="0")["done_reason"], "unload")


# Connections.


@check
def answers_together_are_those_alone():
    async def together(requests):
        client = ollama.AsyncClient(host=BASE_URL)
        return await asyncio.gather(*(client.chat(MODEL, **request) for request in requests))

    forms = (None, "json", Bird.model_json_schema(), Flock.model_json_schema(), {"type": "boolean"}, None)
    requests = [{"messages": chat_messages(), "format": form, "options": GREEDY} for form in forms]
    found = [answer.message.content for answer in asyncio.run(together(requests))]
    expect_same(found, [native.chat(MODEL, **request).message.content for request in requests])


def failing_messages(pair):
    """Model and messages of a request that fails: before a model is looked at, or by it."""
    if pair % 2:
        return "no-such-model", chat_messages()
    return MODEL, [{"role": "user", "content": "What is this?", "images": [PIXEL]}]


@check
def no_request_after_a_failed_one_is_lost():
    client = ollama.Client(host=BASE_URL, limits=httpx.Limits(max_connections=1, max_keepalive_connections=1))
    for pair in range(PAIRS):
        model, messages = failing_messages(pair)
        with expect_failure(ollama.ResponseError):
            list(client.chat(model, messages=messages, stream=True))
        options = GREEDY | {"num_predict": 1}
        if pair % 4 < 2:
            expect(list(client.generate(MODEL, QUESTION, options=options, stream=True))[-1].done, f"{pair}: cut short")
        else:
            expect(client.generate(MODEL, QUESTION, options=options).done, f"{pair}: cut short")


@check
def one_connection_serves_failed_and_good_requests():
    address = urllib.parse.urlsplit(BASE_URL)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.connect()
    # A connection that the server ends is not made anew.
    connection.auto_open = 0
    for pair in range(PAIRS):
        for model, status in (("no-such-model", 404), (MODEL, 200)):
            body = {"model": model, "prompt": QUESTION, "stream": pair % 2 == 0, "options": GREEDY | {"num_predict": 1}}
            connection.request("POST", "/api/generate", json.dumps(body))
            response = connection.getresponse()
            content = response.read()
            expect_same(response.status, status)
            expect(status != 200 or json.loads(content.splitlines()[-1])["done"], f"{pair}: cut short")


run()
