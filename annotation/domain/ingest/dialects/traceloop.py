"""OpenLLMetry, the instrumentation of Traceloop (attributes `traceloop.*`, `llm.request.type`).

Source: `traceloop/openllmetry`, package `opentelemetry-semantic-conventions-ai`. Entities (workflow, task, agent,
tool) are its own; its model spans speak OpenTelemetry GenAI in the generation of their release: indexed prompts up to
0.5x, today's messages since.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest import readable
from annotation.domain.ingest.dialects.attributes import below, first_text, first_value, literal, unquoted
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span

NAME = "traceloop"

_KINDS = {"workflow": "chain", "task": "chain", "agent": "agent", "tool": "tool"}
_REQUESTS = {"chat": "llm", "completion": "llm", "embedding": "embedding", "rerank": "reranker"}
#: Operations that say more about a step than that it is a workflow or task.
_PLAINER = frozenset({"execute_tool", "chat", "text_completion", "generate_content", "embeddings", "retrieval",
                       "vector_db_retrieve"})  # fmt: skip

_PROPERTIES = "traceloop.association.properties."
_INPUT = ("traceloop.entity.input", "gen_ai.tool.call.arguments", "gen_ai.task.input")
_OUTPUT = ("traceloop.entity.output", "gen_ai.tool.call.result", "gen_ai.task.output")
_THREAD, _USER = ("session_id", "thread_id", "conversation_id"), ("user_id",)


def applies(span: Span, heads: AbstractSet[str]) -> bool:
    """True for a span with an attribute of Traceloop's own, or that names the type of its request."""
    return "traceloop" in heads or "llm.request.type" in span.attributes


def read(span: Span) -> Partial:
    """What Traceloop says about a span."""
    attributes = span.attributes
    properties = below(attributes, _PROPERTIES)
    partial = Partial(
        type=_type(attributes),
        thread_id=first_text(properties, *_THREAD),
        user_id=first_text(properties, *_USER) or first_text(attributes, "llm.user"),
        metadata={key: value for key, value in properties.items() if key not in (*_THREAD, *_USER)},
    )
    partial.sources["metadata"] = [_PROPERTIES + key for key in partial.metadata]
    _read_values(partial, attributes)
    if partial.type == "tool" or attributes.get("gen_ai.operation.name") == "execute_tool":
        _read_tool(partial, attributes)
    return partial


def _type(attributes: Mapping[str, Any]) -> str | None:
    kind = _KINDS.get(str(attributes.get("traceloop.span.kind")))
    operation = attributes.get("gen_ai.operation.name")
    if kind and not (kind == "chain" and operation in _PLAINER):
        return kind
    return None if operation else _REQUESTS.get(str(attributes.get("llm.request.type")))


def _read_values(partial: Partial, attributes: Mapping[str, Any]) -> None:
    for field, names, inner in (
        ("inputs", _INPUT, ("inputs", "input_str", "query")),
        ("outputs", _OUTPUT, ("outputs", "output")),
    ):
        sent, keys = first_value(attributes, *names)
        value = _inside(sent, inner)
        setattr(partial, field, unquoted(value))
        partial.sources[field] = keys if value is sent else ()


def _read_tool(partial: Partial, attributes: Mapping[str, Any]) -> None:
    partial.tool_name = first_text(attributes, "gen_ai.tool.name", "traceloop.entity.name")
    partial.tool_arguments = readable.arguments(literal(partial.inputs))
    partial.tool_result = readable.unwrapped(partial.outputs)


def _inside(value: Any, keys: tuple[str, ...]) -> Any:
    """LangChain's callbacks wrap what was given: `{"inputs": …, "tags": …, "metadata": …, "kwargs": …}`."""
    if not isinstance(value, dict) or "kwargs" not in value:
        return value
    return next((value[key] for key in keys if not is_absent(value.get(key))), value)
