"""A workflow, an agent and a tool by decorators, the model by the instrumentation; a tool that fails."""

from openai import OpenAI
from opentelemetry import trace
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, tool, workflow
from weather import QUESTION, converse, get_weather

Traceloop.init(app_name="stack-openllmetry-traceloop")
weather_tool = tool(name="get_weather")(get_weather)


@agent(name="weather_agent")
def weather_agent(question: str) -> str:
    return converse(OpenAI(), question, weather_tool)


@workflow(name="weather")
def weather(question: str) -> str:
    Traceloop.set_association_properties({"session_id": "thread-1", "user_id": "user-1", "plan": "free"})
    return weather_agent(question)


@tool(name="broken")
def broken(city: str) -> str:
    raise LookupError(f"There is no city {city}.")


print(weather(QUESTION))
try:
    broken("Atlantis")
except LookupError as error:
    print(error)
trace.get_tracer_provider().force_flush()
