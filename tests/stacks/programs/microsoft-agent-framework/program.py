"""An agent of Microsoft's framework, which speaks OpenTelemetry by itself; a question that the model refuses."""

import asyncio

from agent_framework import Agent
from agent_framework.observability import enable_instrumentation
from agent_framework.openai import OpenAIChatClient
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import MODEL, QUESTION, get_weather

trace.set_tracer_provider(provider := TracerProvider())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
enable_instrumentation(enable_sensitive_data=True)

about = {"session.id": "thread-1", "user.id": "user-1"}


async def main() -> None:
    agent = Agent(OpenAIChatClient(model=MODEL), name="weather_agent", tools=[get_weather])
    with trace.get_tracer("app").start_as_current_span("request", attributes=about):
        print((await agent.run(QUESTION)).text)
    try:
        await agent.run("Please fail.")
    except Exception as error:
        print(error)


asyncio.run(main())
provider.shutdown()
