"""An agent traced by MLflow, which exports OpenTelemetry instead of writing to its own server."""

import mlflow
from openai import OpenAI
from weather import QUESTION, converse, get_weather

mlflow.openai.autolog()

model, tool = OpenAI(), mlflow.trace(get_weather, span_type="TOOL")


@mlflow.trace(span_type="AGENT")
def weather_agent(question: str) -> str:
    return converse(model, question, tool)


print(weather_agent(QUESTION))
mlflow.flush_trace_async_logging()
