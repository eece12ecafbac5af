"""The SDKs of Langfuse, version 3 and later (attributes `langfuse.*`).

Source: `langfuse/langfuse-python`, `langfuse/_client/attributes.py`, and `langfuse/langfuse-js`, `packages/core`. Inputs,
outputs and details are JSON in texts; the values of metadata are plain up to version 4 and JSON since.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from annotation.domain.ingest.dialects import usage
from annotation.domain.ingest.dialects.attributes import as_amount, below, first_text, first_value, texts, unquoted
from annotation.domain.ingest.dialects.partial import Partial
from annotation.domain.ingest.spans import Span
from annotation.domain.ingest.values import parsed

NAME = "langfuse"

_SAME = ("agent", "tool", "chain", "retriever", "embedding", "guardrail", "evaluator")
_TYPES = {name: name for name in _SAME} | {"generation": "llm", "span": "chain", "event": "chain"}
_OBSERVATION, _TRACE = "langfuse.observation.", "langfuse.trace."
_CONTEXT = ("environment", "release", "version")


def applies(span: Span, heads: AbstractSet[str]) -> bool:  # noqa: ARG001 -- known by the heads
    """True for a span with any attribute of Langfuse's own."""
    return "langfuse" in heads


def read(span: Span) -> Partial:
    """What Langfuse says about a span."""
    attributes = span.attributes
    partial = Partial(
        type=_TYPES.get(str(attributes.get(f"{_OBSERVATION}type"))),
        model=first_text(attributes, f"{_OBSERVATION}model.name", f"{_OBSERVATION}model"),
        usage=usage.from_object(attributes.get(f"{_OBSERVATION}usage_details")),
        cost=_cost(parsed(attributes.get(f"{_OBSERVATION}cost_details"))),
        first_token_ms=_first_token_ms(span),
        thread_id=first_text(attributes, "langfuse.session.id"),
        user_id=first_text(attributes, "langfuse.user.id"),
        tags=texts(attributes.get(f"{_TRACE}tags")),
        error_message=first_text(attributes, f"{_OBSERVATION}status_message"),
        failed=attributes.get(f"{_OBSERVATION}level") == "ERROR" or None,
    )
    for field, name in (("inputs", "input"), ("outputs", "output")):
        value, partial.sources[field] = first_value(attributes, f"{_OBSERVATION}{name}", f"{_TRACE}{name}")
        setattr(partial, field, unquoted(value))
    _read_metadata(partial, span)
    return partial


def _cost(details: Any) -> Any:
    """The total, else the sum of its parts. Nothing where all are zero: that is how a call that failed is written."""
    if not isinstance(details, dict):
        return None
    parts = [amount for name, value in details.items() if name != "total" and (amount := as_amount(value)) is not None]
    total = as_amount(details.get("total"))
    return (as_amount(sum(parts)) if total is None else total) or None


def _first_token_ms(span: Span) -> float | None:
    sent = unquoted(span.attributes.get(f"{_OBSERVATION}completion_start_time"))
    try:
        seconds = datetime.fromisoformat(sent).timestamp() if isinstance(sent, str) else None
    except (ValueError, OverflowError):
        return None
    waited = None if seconds is None else seconds * 1e3 - span.start_ns / 1e6
    return waited if waited is not None and 0 <= waited < 1e9 else None


def _read_metadata(partial: Partial, span: Span) -> None:
    attributes = span.attributes
    found: dict[str, Any] = {}
    keys: list[str] = []
    for kind in (_OBSERVATION, _TRACE):
        for name, value in below(attributes, f"{kind}metadata.").items():
            if name not in found:
                found[name] = unquoted(value)
                keys.append(f"{kind}metadata.{name}")
        whole = parsed(attributes.get(f"{kind}metadata"))
        if isinstance(whole, dict) and found.keys().isdisjoint(whole):
            found |= whole
            keys.append(f"{kind}metadata")
    partial.sources["metadata"] = keys
    metadata = {**_context(span.resource), **_context(attributes), **found}
    if trace_name := first_text(attributes, f"{_TRACE}name"):
        metadata["trace_name"] = trace_name
    partial.metadata = metadata


def _context(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text for name in _CONTEXT if (text := first_text(attributes, f"langfuse.{name}"))}
