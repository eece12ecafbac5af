"""The SDK of 2025: an agent traced by decorators, its model by a drop-in client; a tool that fails; scores while and after it ran."""

from langfuse import get_client, observe, propagate_attributes
from langfuse.openai import OpenAI
from weather import QUESTION, converse, get_weather

langfuse = get_client()
tool = observe(as_type="tool")(get_weather)


@observe(as_type="agent")
def weather_agent(question: str) -> str:
    langfuse.score_current_span(name="tone", value="friendly", data_type="CATEGORICAL")
    return converse(OpenAI(), question, tool)


@observe(as_type="tool")
def broken(city: str) -> str:
    raise LookupError(f"There is no city {city}.")


with (
    propagate_attributes(session_id="thread-1", user_id="user-1", tags=["demo"], metadata={"plan": "free"}),
    langfuse.start_as_current_observation(name="request") as request,
):
    print(weather_agent(QUESTION))
try:
    broken("Atlantis")
except LookupError as error:
    print(error)
langfuse.create_score(trace_id=request.trace_id, name="thumbs", value=1, comment="good")
langfuse.flush()
