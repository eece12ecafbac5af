"""OpenTelemetry's own instrumentation of the model, which tells what was said in log records."""

from openai import OpenAI
from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from weather import QUESTION, converse, get_weather

trace.set_tracer_provider(provider := TracerProvider())
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
set_logger_provider(logs := LoggerProvider())
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
OpenAIInstrumentor().instrument()

tracer = trace.get_tracer("weather")


def tool(city: str) -> str:
    about = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather"}
    with tracer.start_as_current_span("execute_tool get_weather", attributes=about) as span:
        span.set_attribute("gen_ai.tool.call.arguments", f'{{"city": "{city}"}}')
        span.set_attribute("gen_ai.tool.call.result", result := get_weather(city))
        return result


agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "weather_agent"}
with tracer.start_as_current_span("invoke_agent weather_agent", attributes=agent) as span:
    span.set_attribute("gen_ai.conversation.id", "thread-1")
    print(converse(OpenAI(), QUESTION, tool))
provider.shutdown()
logs.shutdown()
