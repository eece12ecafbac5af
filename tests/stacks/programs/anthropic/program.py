"""The model of another provider, by OpenInference, in an agent's span."""

import anthropic
from openinference.instrumentation import TracerProvider, using_session
from openinference.instrumentation.anthropic import AnthropicInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import QUESTION, TOOLS, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
AnthropicInstrumentor().instrument(tracer_provider=provider)

client, tracer = anthropic.Anthropic(), provider.get_tracer("weather")
tool = tracer.tool(get_weather)
function = TOOLS[0]["function"]
offered = {"name": function["name"], "description": function["description"], "input_schema": function["parameters"]}


@tracer.agent
def weather_agent(question: str) -> str:
    messages = [{"role": "user", "content": question}]
    while True:
        said = client.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=100,
            system="You are a weather assistant.",
            messages=messages,
            tools=[offered],
        )
        calls = [block for block in said.content if block.type == "tool_use"]
        if not calls:
            return said.content[0].text
        messages.append(
            {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in said.content]}
        )
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": tool(**call.input)} for call in calls]
        messages.append({"role": "user", "content": results})


with using_session("thread-1"):
    print(weather_agent(QUESTION))
provider.shutdown()
