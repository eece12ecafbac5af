"""An agent traced by decorators, its model by the instrumentation; a tool that fails; a streamed call with a picture."""

from openai import OpenAI
from openinference.instrumentation import TracerProvider, using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import MODEL, QUESTION, converse, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
OpenAIInstrumentor().instrument(tracer_provider=provider)

tracer, model = provider.get_tracer("weather"), OpenAI()
tool = tracer.tool(get_weather)


@tracer.agent
def weather_agent(question: str) -> str:
    return converse(model, question, tool)


@tracer.tool
def broken(city: str) -> str:
    raise LookupError(f"There is no city {city}.")


with using_attributes(session_id="thread-1", user_id="user-1", tags=["demo"], metadata={"plan": "free"}):
    print(weather_agent(QUESTION))
    try:
        broken("Atlantis")
    except LookupError as error:
        print(error)
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    asked = [{"type": "text", "text": "Is this the weather in Rome?"}, picture]
    for chunk in model.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": asked}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        print(chunk.choices)
provider.shutdown()
