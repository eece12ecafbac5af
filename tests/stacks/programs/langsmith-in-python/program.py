"""An agent traced by decorators, its model by a wrapper; a tool that fails; a picture; a user's thumb afterwards."""

from langsmith import Client, traceable, uuid7
from langsmith.run_helpers import tracing_context
from langsmith.schemas import Attachment
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


@traceable
def look(picture: Attachment) -> str:
    return "a cloud"


run_id = uuid7()
with tracing_context(client=client):
    print(weather_agent(QUESTION, langsmith_extra={"run_id": run_id}))
    look(Attachment(mime_type="image/png", data=b"\x89PNG" + bytes(100)))
    try:
        broken("Atlantis")
    except LookupError as error:
        print(error)
client.create_feedback(run_id, key="thumbs", score=1, comment="good", trace_id=run_id)
client.flush()
