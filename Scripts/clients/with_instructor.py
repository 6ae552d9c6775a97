"""Instructor: values of pydantic's models, by forms and by calls."""
import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException

from checking import *

SETTINGS = {"messages": chat_messages(question="Describe birds."), "temperature": 0, "seed": 1, "max_tokens": 160}
# One attempt: what a schema holds needs no second.
ONCE = {"max_retries": 1}


def client(mode):
    return instructor.from_openai(openai.OpenAI(base_url=f"{BASE_URL}/v1", api_key="unused", max_retries=0), mode=mode)


def expect_value(mode, model, kind):
    value, answer = client(mode).chat.completions.create_with_completion(
        model=model, response_model=kind, **SETTINGS, **ONCE)
    expect(isinstance(value, kind), f"{value!r} is no {kind.__name__}")
    return value, answer.choices[0]


@check
def json_schema_mode():
    for kind in (Bird, Flock):
        _, choice = expect_value(instructor.Mode.JSON_SCHEMA, MODEL, kind)
        expect_same((choice.finish_reason, choice.message.tool_calls), ("stop", None))


@check
def json_mode():
    """The schema stands in the prompt and the answer is held to be an object: what it holds is the model's wit."""
    sent = []
    inner = openai.OpenAI(base_url=f"{BASE_URL}/v1", api_key="unused", max_retries=0)
    watched = instructor.from_openai(inner, mode=instructor.Mode.JSON)
    watched.on("completion:kwargs", lambda *_, **arguments: sent.append(arguments["response_format"]["type"]))
    watched.on("completion:response", lambda answer: sent.append(answer.choices[0].message.content))
    with contextlib.suppress(InstructorRetryException, IncompleteOutputException):
        watched.chat.completions.create(model=MODEL, response_model=Bird, **SETTINGS, **ONCE)
    expect(sent[0] in ("json_object", "json_schema"), f"sent {sent}")
    expect(sent[1].startswith("{"), f"{sent[1]!r} is no object")


@check
def tools_mode():
    for mode in (instructor.Mode.TOOLS, instructor.Mode.TOOLS_STRICT):
        for kind in (Bird, GetWeather):
            _, choice = expect_value(mode, TOOLS_MODEL, kind)
            expect_same(choice.message.tool_calls[0].function.name, kind.__name__)


@check
def tools_mode_of_definitions():
    expect_value(instructor.Mode.TOOLS, TOOLS_MODEL, Flock)


@check
def scalars():
    """Types that are no models are wrapped in one."""
    value = client(instructor.Mode.TOOLS).chat.completions.create(
        model=TOOLS_MODEL, response_model=Literal["falcon", "swift"], **SETTINGS, **ONCE)
    expect(value in ("falcon", "swift"), f"found {value!r}")


@check
def partial_values():
    """A value that grows while its answer comes, and is whole at the end."""
    for mode, model in ((instructor.Mode.JSON_SCHEMA, MODEL), (instructor.Mode.TOOLS, TOOLS_MODEL)):
        values = list(client(mode).chat.completions.create_partial(
            model=model, response_model=Bird, **SETTINGS, **ONCE))
        expect(len(values) > 2, f"{mode}: only {len(values)} values")
        Bird.model_validate(values[-1].model_dump(), strict=True)


@check
def provider_of_ollama():
    """The way that Instructor's own pages show for Ollama."""
    inferred = instructor.from_provider(f"ollama/{TOOLS_MODEL}", base_url=f"{BASE_URL}/v1", mode=instructor.Mode.TOOLS)
    value = inferred.create(response_model=Bird, **SETTINGS, **ONCE)
    expect(isinstance(value, Bird), f"{value!r} is no Bird")


run()
