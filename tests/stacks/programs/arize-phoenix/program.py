"""An agent with Phoenix's set-up of OpenTelemetry, and annotations by its client afterwards."""

from openai import OpenAI
from openinference.instrumentation import using_session
from phoenix.client import Client
from phoenix.otel import register
from weather import QUESTION, converse, get_weather

provider = register(project_name="stack-arize-phoenix", auto_instrument=True, protocol="http/protobuf")
tracer = provider.get_tracer("weather")
tool = tracer.tool(get_weather)

with using_session("thread-1"), tracer.start_as_current_span("weather_agent", openinference_span_kind="agent") as span:
    span.set_input(QUESTION)
    span.set_output(converse(OpenAI(), QUESTION, tool))
span_id = f"{span.get_span_context().span_id:016x}"
provider.force_flush()

spans = Client().spans
spans.add_span_annotation(
    span_id=span_id, annotation_name="thumbs", annotator_kind="HUMAN", score=1.0, explanation="good", sync=True
)
tone = {"label": "friendly", "score": 0.9}
spans.log_span_annotations(
    span_annotations=[{"name": "tone", "annotator_kind": "LLM", "span_id": span_id, "result": tone}]
)
