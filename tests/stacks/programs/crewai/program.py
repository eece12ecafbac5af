"""A crew of one agent with one task."""

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import QUESTION, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
CrewAIInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)

agent = Agent(
    role="Weather reporter",
    goal="Tell the weather",
    backstory="You know the weather.",
    llm=LLM(model="openai/gpt-4o-mini"),
    tools=[tool("get_weather")(get_weather)],
)
task = Task(description=QUESTION, expected_output="One line per city.", agent=agent)
print(Crew(name="weather", agents=[agent], tasks=[task]).kickoff())
provider.shutdown()
