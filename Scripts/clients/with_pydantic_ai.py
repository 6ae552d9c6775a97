"""Pydantic AI: agents whose output is a value, by a form and by a call, and that use tools on the way."""
import asyncio

from pydantic_ai import Agent, ModelHTTPError, NativeOutput, ToolOutput
from pydantic_ai.capabilities import PrepareOutputTools, PrepareTools
from pydantic_ai.messages import ModelResponse, ToolCallPart, ToolReturnPart
from pydantic_ai.models.ollama import OllamaModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider

from checking import *

SETTINGS = {"temperature": 0, "seed": 1, "max_tokens": 160, "parallel_tool_calls": False}


def models(name):
    """As a server of OpenAI's API, and as an Ollama."""
    yield OpenAIChatModel(name, provider=OpenAIProvider(base_url=f"{BASE_URL}/v1", api_key="unused"))
    yield OllamaModel(name, provider=OllamaProvider(base_url=f"{BASE_URL}/v1"))


def agent(model, **arguments):
    return Agent(model, model_settings=SETTINGS, retries=0, **arguments)


@check
def text():
    for model in models(MODEL):
        expect_same(agent(model).run_sync(QUESTION, model_settings={"max_tokens": 24}).output, reference())


@check
def native_output():
    for model in models(MODEL):
        for kind in (Bird, Flock):
            output = agent(model, output_type=NativeOutput(kind)).run_sync("Describe birds.").output
            expect(isinstance(output, kind), f"{output!r} is no {kind.__name__}")


@check
def native_output_of_several_types():
    output = agent(next(models(MODEL)), output_type=NativeOutput([GetWeather, GetTime])).run_sync(QUESTION).output
    expect(isinstance(output, (GetWeather, GetTime)), f"found {output!r}")


def expect_bird_by_stream(model, output_type):
    async def streamed():
        async with agent(next(models(model)), output_type=output_type).run_stream(QUESTION) as result:
            return [part async for part in result.stream_output(debounce_by=None)]

    parts = asyncio.run(streamed())
    expect(parts and isinstance(parts[-1], Bird), f"found {parts}")


@check
def native_output_by_stream():
    expect_bird_by_stream(MODEL, NativeOutput(Bird))


@check
def tool_output():
    for model in models(TOOLS_MODEL):
        for output_type, kinds in ((ToolOutput(Bird), Bird), (Flock, Flock),
                                   ([GetWeather, GetTime], (GetWeather, GetTime))):
            output = agent(model, output_type=output_type).run_sync("Describe birds.").output
            expect(isinstance(output, kinds), f"{output!r} is not of {kinds}")


@check
def tool_output_by_stream():
    expect_bird_by_stream(TOOLS_MODEL, ToolOutput(Bird))


def steps(first, then):
    """Offers one kind of tools in the first step and the other one later, so that a small model has no choice."""
    async def function_tools(context, tools):
        return tools if first(context.run_step) else []

    async def output_tools(context, tools):
        return tools if then(context.run_step) else []

    return [PrepareTools(function_tools), PrepareOutputTools(output_tools)]


@check
def tool_round_trip():
    """The model calls a tool, reads its result and gives a value."""
    for model in models(TOOLS_MODEL):
        asked = []
        forecaster = agent(model, output_type=ToolOutput(Bird),
                           capabilities=steps(lambda step: step == 1, lambda step: step > 1))

        @forecaster.tool_plain
        def get_weather(query: GetWeather) -> str:
            """The weather of a city."""
            asked.append(query)
            return "Rain."

        result = forecaster.run_sync("What is the weather?")
        expect(isinstance(result.output, Bird), f"{result.output!r} is no Bird")
        expect(len(asked) == 1 and isinstance(asked[0], GetWeather), f"asked {asked}")
        parts = [part for message in result.all_messages() for part in message.parts]
        calls = [part for part in parts if isinstance(part, ToolCallPart)]
        returns = [part for part in parts if isinstance(part, ToolReturnPart)]
        expect_same(calls[0].tool_call_id, returns[0].tool_call_id)
        expect_same([call.tool_name for call in calls], ["get_weather", "final_result"])
        usages = [message.usage for message in result.all_messages() if isinstance(message, ModelResponse)]
        expect(all(usage.input_tokens > 0 and usage.output_tokens > 0 for usage in usages), f"usages are {usages}")


@check
def refusals():
    with expect_failure(ModelHTTPError, "404", "not found"):
        agent(next(models("no-such-model"))).run_sync(QUESTION)
    with expect_failure(ModelHTTPError, "400", "does not support tools"):
        agent(next(models(MODEL)), output_type=ToolOutput(Bird)).run_sync(QUESTION)


run()
