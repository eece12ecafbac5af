"""Tokens and costs of a run, from where the SDKs put them; the costs exactly as they were sent.

`usage_metadata` is `{input_tokens, output_tokens, total_tokens, input_token_details, output_token_details, input_cost,
output_cost, total_cost, input_cost_details, output_cost_details}`, each optional; details are free maps.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from annotation.domain.ingest.dialects.attributes import as_amount
from annotation.domain.ingest.records import Usage
from annotation.domain.ingest.values import as_count

_NAMES = {
    ("input_token_details", "cache_read"): "cache_read",
    ("input_token_details", "cache_creation"): "cache_write",
    ("output_token_details", "reasoning"): "reasoning",
}
"""Details that have a name in the product; others keep theirs, behind the side they belong to."""


def found(outputs: Any, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The usage that a run tells of, as it was sent; empty without any."""
    for candidate in (metadata.get("usage_metadata"), *_in_outputs(outputs)):
        if isinstance(candidate, dict) and candidate:
            return candidate
    return {}


def _in_outputs(outputs: Any) -> list[Any]:
    if not isinstance(outputs, dict):
        return []
    candidates = [outputs.get("usage_metadata")]
    for message in _messages(outputs):
        inner = message.get("kwargs")
        candidates.append((inner if isinstance(inner, dict) else message).get("usage_metadata"))
    llm_output = outputs.get("llm_output")
    if isinstance(llm_output, dict):
        candidates.append(_openai(llm_output.get("token_usage") or llm_output.get("usage")))
    return [*candidates, _openai(outputs.get("usage"))]


def _messages(outputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages that may carry a usage: LangChain's generations, or one message."""
    listed = outputs.get("generations")
    flat = [entry for group in listed for entry in (group if isinstance(group, list) else [group])] if isinstance(
        listed, list
    ) else []  # fmt: skip
    held = [entry.get("message") for entry in flat if isinstance(entry, dict)]
    return [one for one in (*held, outputs.get("message"), outputs.get("output")) if isinstance(one, dict)]


def _openai(usage: Any) -> dict[str, Any]:
    if not isinstance(usage, dict):
        return {}
    names = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens", "input_tokens": "input_tokens",
             "output_tokens": "output_tokens", "total_tokens": "total_tokens"}  # fmt: skip
    return {ours: usage[name] for name, ours in names.items() if as_count(usage.get(name)) is not None}


def tokens(usage: Mapping[str, Any]) -> Usage | None:
    """The counts; None if there are none."""
    put, got, total = (as_count(usage.get(f"{name}_tokens")) for name in ("input", "output", "total"))
    if put is None and got is None and total is None:
        return None
    details = {
        _NAMES.get((name, key), f"{name.partition('_')[0]}_{key}"): count
        for name in ("input_token_details", "output_token_details")
        if isinstance(part := usage.get(name), dict)
        for key, value in part.items()
        if (count := as_count(value)) is not None
    }
    summed = (put or 0) + (got or 0)
    return Usage(put or 0, got or 0, summed if total is None else total, details)


def cost(usage: Mapping[str, Any]) -> Decimal | None:
    """The whole cost, or else the sum of its parts; None if no part is told."""
    total = as_amount(usage.get("total_cost"))
    parts = [as_amount(usage.get("input_cost")), as_amount(usage.get("output_cost"))]
    told = [part for part in parts if part is not None]
    return total if total is not None or not told else sum(told, Decimal(0))
