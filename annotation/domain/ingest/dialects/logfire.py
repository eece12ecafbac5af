"""Pydantic's Logfire and Pydantic AI (attributes `logfire.*`, `pydantic_ai.*` and some without a prefix).

Source: `pydantic/logfire`, `logfire/_internal/constants.py` and `integrations/llm_providers`, and `pydantic/pydantic-ai`,
`pydantic_ai/_instrumentation.py`. They speak OpenTelemetry GenAI; read here are the steps that only they know: the whole
conversation on the agent's span, events as one JSON list (version 1), requests and responses of provider clients, and
names, which are templates.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from annotation.domain.ingest import messages
from annotation.domain.ingest.dialects import genai_legacy, usage
from annotation.domain.ingest.dialects.attributes import decimal, first_text, first_value, texts, unquoted
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.messages import Message
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import as_text, parsed

NAME = "logfire"

_HEADS = frozenset({"logfire", "pydantic_ai", "all_messages_events", "model_request_parameters"})
_MESSAGES, _EVENTS = "pydantic_ai.all_messages", "all_messages_events"


def applies(span: Span, heads: AbstractSet[str]) -> bool:  # noqa: ARG001 -- known by the heads
    """True for a span of Logfire, or with one of Pydantic AI's own attributes."""
    return not _HEADS.isdisjoint(heads)


def read(span: Span) -> Partial:
    """What Logfire and Pydantic AI say about a span, beyond the conventions that they follow."""
    attributes = span.attributes
    partial = Partial(
        name=_name(span),
        tags=texts(attributes.get("logfire.tags")),
        cost=decimal(attributes, "operation.cost"),
    )
    if _MESSAGES in attributes or _EVENTS in attributes:
        _read_agent(partial, attributes)
    elif "request_data" in attributes:
        _read_client(partial, attributes)
    elif "events" in attributes:
        partial.input_messages, partial.output_messages = _from_events(parsed(attributes["events"]))
    return partial


def _name(span: Span) -> str | None:
    """The message, where the span is named by the template that it was made of."""
    return first_text(span.attributes, "logfire.msg") if "{" in span.name else None


def _read_agent(partial: Partial, attributes: Mapping[str, Any]) -> None:
    said = messages.from_genai(parsed(attributes.get(_MESSAGES)))
    if not said:
        asked, answered = _from_events(parsed(attributes.get(_EVENTS)))
        said = [*asked, *answered]
    is_answered = bool(said) and said[-1]["role"] == "assistant"
    partial.input_messages = said[:-1] if is_answered else said
    partial.output_messages = said[-1:] if is_answered else []
    result, partial.sources["outputs"] = first_value(attributes, "final_result")
    partial.outputs = unquoted(result)
    system = parsed(attributes.get("gen_ai.system_instructions"))
    if is_absent(partial.input_messages) or is_absent(system):
        return
    if all(entry["role"] != "system" for entry in partial.input_messages) and isinstance(system, list):
        prompt = messages.from_genai([{"role": "system", "parts": system}])
        partial.input_messages = [*prompt, *partial.input_messages]


def _read_client(partial: Partial, attributes: Mapping[str, Any]) -> None:
    """A request through an instrumented client of a provider, as version 1 of the integration writes it."""
    partial.inputs, partial.sources["inputs"] = first_value(attributes, "request_data")
    partial.outputs, partial.sources["outputs"] = first_value(attributes, "response_data")
    if isinstance(partial.inputs, dict) and partial.inputs.get("model"):
        partial.type = "embedding" if "messages" not in partial.inputs and "input" in partial.inputs else "llm"
        partial.model_requested = as_text(partial.inputs["model"])
    if not isinstance(partial.outputs, dict):
        return
    partial.usage = usage.from_object(partial.outputs.get("usage"))
    text = partial.outputs.get("combined_chunk_content")
    if isinstance(text, str) and text:
        partial.output_messages = messages.from_genai([{"role": "assistant", "content": text}])


def _from_events(events: Any) -> tuple[list[Message], list[Message]]:
    """Messages out of a list of events, each with its name among its members."""
    found = [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    return genai_legacy.from_events((str(event.get("event.name")), event) for event in found)
