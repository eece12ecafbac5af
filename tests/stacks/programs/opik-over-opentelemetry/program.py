"""An agent as programs that send to Opik over OpenTelemetry have it: OpenInference to another address."""

from openai import OpenAI
from openinference.instrumentation import TracerProvider, using_session
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import QUESTION, converse, get_weather

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
OpenAIInstrumentor().instrument(tracer_provider=provider)

tracer, model = provider.get_tracer("weather"), OpenAI()
tool = tracer.tool(get_weather)


@tracer.agent
def weather_agent(question: str) -> str:
    return converse(model, question, tool)


with using_session("thread-1"):
    print(weather_agent(QUESTION))
provider.shutdown()
