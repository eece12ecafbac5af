"""An agent of Agno."""

from agno.agent import Agent
from agno.models.openai import OpenAIChat
from openinference.instrumentation.agno import AgnoInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import MODEL, QUESTION, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
AgnoInstrumentor().instrument(tracer_provider=provider)

agent = Agent(name="weather_agent", model=OpenAIChat(id=MODEL), tools=[get_weather], telemetry=False)
print(agent.run(QUESTION, session_id="thread-1", user_id="user-1").content)
provider.shutdown()
