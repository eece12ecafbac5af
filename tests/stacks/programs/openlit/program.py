"""An agent traced by decorators, its model by OpenLIT; a streamed call; a call that is refused."""

import openlit
from openai import OpenAI
from opentelemetry import trace
from weather import MODEL, QUESTION, converse, get_weather

openlit.init(application_name="stack-openlit", disable_metrics=True, disabled_instrumentors=["httpx"])

model = OpenAI(max_retries=0)
tool = openlit.trace(get_weather)


@openlit.trace
def weather_agent(question: str) -> str:
    return converse(model, question, tool)


print(weather_agent(QUESTION))
asked = [{"role": "user", "content": "What is the weather in Rome?"}]
for chunk in model.chat.completions.create(
    model=MODEL, messages=asked, stream=True, stream_options={"include_usage": True}
):
    print(chunk.choices)
trace.get_tracer_provider().shutdown()
