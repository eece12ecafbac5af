"""An agent traced by decorators, its model by a wrapper, all sent as OpenTelemetry; a tool that fails."""

from langsmith import Client, traceable
from langsmith.run_helpers import tracing_context
from langsmith.wrappers import wrap_openai
from openai import OpenAI
from weather import QUESTION, converse, get_weather

client = Client()
model = wrap_openai(OpenAI())
tool = traceable(run_type="tool")(get_weather)


@traceable(tags=["demo"], metadata={"session_id": "thread-1", "user_id": "user-1", "plan": "free"})
def weather_agent(question: str) -> str:
    return converse(model, question, tool)


@traceable(run_type="tool")
def broken(city: str) -> str:
    raise LookupError(f"There is no city {city}.")


with tracing_context(client=client):
    print(weather_agent(QUESTION))
    try:
        broken("Atlantis")
    except LookupError as error:
        print(error)
client.flush()
