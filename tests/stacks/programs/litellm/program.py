"""The loop of an agent whose model LiteLLM calls, and traces by a callback; a streamed call; a call that is refused."""

import json

import litellm
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import MODEL, QUESTION, TOOLS, get_weather

trace.set_tracer_provider(provider := TracerProvider())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
litellm.callbacks = ["otel"]

tracer = trace.get_tracer("weather")


def tool(city: str) -> str:
    attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather"}
    with tracer.start_as_current_span("execute_tool get_weather", attributes=attributes) as span:
        span.set_attribute("gen_ai.tool.call.arguments", json.dumps({"city": city}))
        span.set_attribute("gen_ai.tool.call.result", result := get_weather(city))
        return result


def converse(question: str) -> str:
    messages = [{"role": "system", "content": "You are a weather assistant."}, {"role": "user", "content": question}]
    while True:
        answer = litellm.completion(model=f"openai/{MODEL}", messages=messages, tools=TOOLS, user="user-1")
        said = answer.choices[0].message
        if not said.tool_calls:
            return said.content
        messages.append(said.model_dump(exclude_none=True))
        for call in said.tool_calls:
            result = tool(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})


agent = {"gen_ai.operation.name": "invoke_agent", "session.id": "thread-1"}
with tracer.start_as_current_span("invoke_agent weather_agent", attributes=agent):
    print(converse(QUESTION))
asked = [{"role": "user", "content": "What is the weather in Rome?"}]
for chunk in litellm.completion(
    model=f"openai/{MODEL}", messages=asked, stream=True, stream_options={"include_usage": True}
):
    print(chunk.choices)
try:
    litellm.completion(model=f"openai/{MODEL}", messages=[{"role": "user", "content": "Please fail."}], num_retries=0)
except litellm.BadRequestError as error:
    print(error)
provider.shutdown()
