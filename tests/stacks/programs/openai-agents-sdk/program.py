"""An agent of the OpenAI Agents SDK in a named trace, and one that streams."""

import asyncio

from agents import Agent, Runner, function_tool, trace
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import MODEL, QUESTION, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)

agent = Agent(name="weather_agent", instructions="Tell the weather.", tools=[function_tool(get_weather)], model=MODEL)


async def main() -> None:
    with trace("Weather flow", group_id="thread-1"):
        print((await Runner.run(agent, QUESTION)).final_output)
    streamed = Runner.run_streamed(agent, "And in Tokyo?")
    async for _ in streamed.stream_events():
        pass


asyncio.run(main())
provider.shutdown()
