"""An agent of Google's ADK, which speaks OpenTelemetry by itself."""

import asyncio

from google.adk.agents import Agent
from google.adk.runners import InMemoryRunner
from google.genai import types
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import QUESTION, get_weather

trace.set_tracer_provider(provider := TracerProvider())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))

agent = Agent(name="weather_agent", model="gemini-2.5-flash", instruction="Tell the weather.", tools=[get_weather])


async def main() -> None:
    runner = InMemoryRunner(agent=agent, app_name="weather")
    about = {"user_id": "user-1", "session_id": "thread-1"}
    await runner.session_service.create_session(app_name="weather", **about)
    asked = types.Content(role="user", parts=[types.Part(text=QUESTION)])
    async for event in runner.run_async(new_message=asked, **about):
        print(event.content)


asyncio.run(main())
provider.shutdown()
