"""Google's Agent Development Kit (attributes `gcp.vertex.agent.*`), both schemas.

Source: `google/adk-python`, `src/google/adk/telemetry/tracing.py`. The first schema writes requests, responses and tool
calls into attributes of its own, the second speaks OpenTelemetry GenAI beside them and leaves them as `{}`.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import first_text, first_value
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import as_text

NAME = "google-adk"

_OWN = "gcp.vertex.agent."
_SCOPE = "gcp.vertex.agent"
_NOTHING = "N/A"


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a span of the kit's scope, or with any attribute of its own."""
    return span.scope_name == _SCOPE or ("gcp" in heads and any(key.startswith(_OWN) for key in span.attributes))


def read(span: Span) -> Partial:
    """What the kit says about a span."""
    attributes = span.attributes
    is_agent = span.name.startswith("agent_run [") and not attributes.get("gen_ai.operation.name")
    partial = Partial(thread_id=first_text(attributes, f"{_OWN}session_id"), type="agent" if is_agent else None)
    if f"{_OWN}tool_call_args" in attributes or f"{_OWN}tool_response" in attributes:
        _read_tool(partial, attributes)
    else:
        _read_call(partial, attributes)
    return partial


def _read_call(partial: Partial, attributes: Mapping[str, Any]) -> None:
    partial.inputs, partial.sources["inputs"] = first_value(attributes, f"{_OWN}llm_request", f"{_OWN}data")
    partial.outputs, partial.sources["outputs"] = first_value(attributes, f"{_OWN}llm_response")
    if f"{_OWN}llm_request" in attributes and not attributes.get("gen_ai.operation.name"):
        partial.type = "llm"
    if isinstance(partial.outputs, dict) and "gen_ai.usage.input_tokens" not in attributes:
        partial.usage = usage.from_object(partial.outputs.get("usage_metadata"))
    if isinstance(partial.inputs, dict):
        partial.model_requested = as_text(partial.inputs.get("model"))


def _read_tool(partial: Partial, attributes: Mapping[str, Any]) -> None:
    given, keys = first_value(attributes, f"{_OWN}tool_call_args")
    if given != _NOTHING:
        partial.inputs, partial.sources["inputs"] = given, keys
    partial.outputs, partial.sources["outputs"] = first_value(attributes, f"{_OWN}tool_response")
    result = partial.outputs
    if isinstance(result, dict) and result.keys() == {"result"} and not is_absent(result["result"]):
        partial.tool_result = result["result"]
