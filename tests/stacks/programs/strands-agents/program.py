"""An agent of Strands, which speaks OpenTelemetry by itself; a question that the model refuses."""

import os

from strands import Agent, tool
from strands.models.openai import OpenAIModel
from strands.telemetry import StrandsTelemetry
from weather import MODEL, QUESTION, get_weather

telemetry = StrandsTelemetry().setup_otlp_exporter()

model = OpenAIModel(client_args={"base_url": os.environ["OPENAI_BASE_URL"], "max_retries": 0}, model_id=MODEL)
agent = Agent(
    name="weather_agent",
    model=model,
    tools=[tool(get_weather)],
    system_prompt="You are a weather assistant.",
    trace_attributes={"session.id": "thread-1", "user.id": "user-1"},
)
print(agent(QUESTION))
try:
    Agent(name="refused_agent", model=model)("Please fail.")
except Exception as error:
    print(error)
telemetry.tracer_provider.shutdown()
