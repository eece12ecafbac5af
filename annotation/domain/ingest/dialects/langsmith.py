"""The SDK of LangSmith where it exports OpenTelemetry (attributes `langsmith.*`).

Source: `langchain-ai/langsmith-sdk`, `python/langsmith/_internal/otel/_otel_exporter.py`. Inputs and outputs of a run are
`gen_ai.prompt` and `gen_ai.completion`, each one JSON document; its kind says more than the operation beside it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import below, first_text, first_value, literal, texts, unquoted
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.spans import Span

NAME = "langsmith"

_KINDS = {kind: kind for kind in ("llm", "chain", "tool", "retriever", "embedding", "prompt", "agent")} | {
    "parser": "chain",
}
_METADATA = "langsmith.metadata."
_THREAD, _USER = ("session_id", "thread_id", "conversation_id"), ("user_id",)
_USAGE = "usage_metadata"


def applies(span: Span, heads: AbstractSet[str]) -> bool:  # noqa: ARG001 -- known by the heads
    """True for a span with any attribute of LangSmith's own."""
    return "langsmith" in heads


def read(span: Span) -> Partial:
    """What LangSmith says about a span."""
    attributes = span.attributes
    metadata = below(attributes, _METADATA)
    kind = first_text(attributes, "langsmith.span.kind")
    partial = Partial(
        type=_KINDS.get(kind.lower(), "chain") if kind else None,
        name=first_text(attributes, "langsmith.trace.name"),
        usage=usage.from_object(metadata.get(_USAGE)),
        thread_id=first_text(metadata, *_THREAD),
        user_id=first_text(metadata, *_USER),
        tags=texts(attributes.get("langsmith.span.tags"), separator=","),
    )
    known = (*_THREAD, *_USER, _USAGE)
    # what begins with the SDK's own name are settings of the program that sent it, as it found them
    partial.metadata = {k: v for k, v in metadata.items() if k not in known and not k.startswith("LANGSMITH_")}
    partial.sources["metadata"] = [_METADATA + name for name in partial.metadata]
    _read_values(partial, attributes)
    return partial


def _read_values(partial: Partial, attributes: Mapping[str, Any]) -> None:
    partial.inputs, partial.sources["inputs"] = first_value(attributes, "gen_ai.prompt")
    partial.outputs, partial.sources["outputs"] = first_value(attributes, "gen_ai.completion")
    if is_absent(_only(partial.outputs, "output")):  # a run that failed says {"output": null}
        partial.outputs, partial.sources["outputs"] = None, ()
    if partial.type == "tool":
        partial.tool_arguments = literal(_only(partial.inputs, "input"))
        partial.tool_result = unquoted(_only(partial.outputs, "output"))


def _only(value: Any, name: str) -> Any:
    """What is inside, where a plain value had to be wrapped to become a document: `{"output": …}`."""
    return value[name] if isinstance(value, dict) and value.keys() == {name} else value
