"""LangChain's client of Ollama: chats, values of a form, tools, thoughts, embeddings."""
import asyncio

import ollama
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool as langchain_tool
from langchain_ollama import ChatOllama, OllamaEmbeddings, OllamaLLM

from checking import *


def chat(model=MODEL, **arguments):
    return ChatOllama(model=model, base_url=BASE_URL, **GREEDY | {"num_predict": 160} | arguments)


@check
def whole_and_stream():
    model = chat(num_predict=24)
    answer = model.invoke(QUESTION)
    expect_same(answer.content, reference())
    expect(answer.usage_metadata["input_tokens"] > 0 and answer.usage_metadata["output_tokens"] > 0, "no usage")
    chunks = list(model.stream(QUESTION))
    expect_same("".join(chunk.content for chunk in chunks), reference())
    expect(len(chunks) > 2, f"only {len(chunks)} chunks")
    expect_same(asyncio.run(model.ainvoke(QUESTION)).content, reference())
    expect_same(OllamaLLM(model=MODEL, base_url=BASE_URL, **GREEDY).invoke(QUESTION), reference())


@check
def models_are_looked_up():
    chat(validate_model_on_init=True)
    with expect_failure(ValueError, "no-such-model"):
        chat("no-such-model", validate_model_on_init=True)
    with expect_failure(ollama.ResponseError, "not found", "404"):
        chat("no-such-model").invoke(QUESTION)


@check
def structured_output():
    for kind in (Bird, Flock):
        value = chat().with_structured_output(kind, method="json_schema").invoke("Describe birds.")
        expect(isinstance(value, kind), f"{value!r} is no {kind.__name__}")
        raw = chat().with_structured_output(kind, method="json_schema", include_raw=True).invoke("Describe birds.")
        expect_same((raw["parsed"], raw["parsing_error"]), (value, None))
    value = chat().with_structured_output(Bird.model_json_schema(), method="json_schema").invoke("Describe birds.")
    Bird.model_validate(value, strict=True)


@check
def json_mode():
    answer = chat(format="json").invoke("Describe birds in JSON.")
    expect(answer.content.startswith("{"), f"{answer.content!r} is no object")
    # The words of an object without a schema may have no end.
    if answer.response_metadata["done_reason"] == "stop":
        expect(isinstance(json.loads(answer.content), dict), f"{answer.content!r} is no object")


@check
def streamed_structured_output():
    runnable = chat().with_structured_output(Bird.model_json_schema(), method="json_schema")
    values = list(runnable.stream("Describe birds."))
    expect(len(values) > 2, f"only {len(values)} values")
    Bird.model_validate(values[-1], strict=True)


@langchain_tool(args_schema=GetWeather)
def get_weather(city: str, days: int) -> str:
    """The weather of a city."""
    return f"Rain in {city} for {days} days."


@check
def tools():
    """Words or calls, as the model likes; this API cannot force any."""
    model = chat(TOOLS_MODEL).bind_tools([get_weather])
    answer = model.invoke("What is the weather in Graz?")
    expect(answer.content or answer.tool_calls, "no answer")
    call = {"name": "get_weather", "args": {"city": "Oslo", "days": 2}, "id": "call_1"}
    question, result = HumanMessage("The weather in Oslo?"), ToolMessage("Rain.", tool_call_id="call_1")
    turn = [question, AIMessage("", tool_calls=[call]), result]
    answer = model.invoke([*turn * 5, question])
    expect(answer.content or answer.tool_calls, "no answer")
    for made in answer.tool_calls:
        expect_same(made["name"], "get_weather")
        expect("rain" in get_weather.invoke(made["args"]).lower(), f"arguments are {made['args']}")
    with expect_failure(ollama.ResponseError, "does not support tools", "400"):
        chat().bind_tools([get_weather]).invoke(QUESTION)


@check
def thoughts():
    model = chat(THINKING_MODEL, num_predict=24)
    answer = model.invoke(QUESTION, reasoning=True)
    expect(answer.additional_kwargs["reasoning_content"], "no thought")
    expect("think>" not in answer.content, f"a mark is in {answer.content!r}")
    with expect_failure(ollama.ResponseError, "does not support thinking", "400"):
        chat(reasoning=True).invoke(QUESTION)


@check
def embeddings():
    embedder = OllamaEmbeddings(model=EMBEDDING_MODEL, base_url=BASE_URL)
    vectors = embedder.embed_documents(SENTENCES)
    native = post_json("/api/embed", model=EMBEDDING_MODEL, input=SENTENCES)["embeddings"]
    for vector, wanted in zip(vectors, native, strict=True):
        expect_unit(vector)
        expect_same_vector(vector, wanted)
    expect_same_vector(embedder.embed_query(SENTENCES[0]), native[0])
    expect_same_vector(asyncio.run(embedder.aembed_query(SENTENCES[0])), native[0])
    cut = OllamaEmbeddings(model=EMBEDDING_MODEL, base_url=BASE_URL, dimensions=16).embed_query(SENTENCES[0])
    expect_same_vector(cut, native[0][:16])


run()
