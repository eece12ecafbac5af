"""Runs whose content came in log events: what the span itself does not say is filled in from its events.

The span's own word wins, so that nothing is shown twice. What was filled in is marked on the run (`MARK`), by the number
of messages, so that it can be taken out again when more events come.
A step whose span says nothing of it may have failed by its events (tools of Claude Code).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotation.domain.ingest import messages, readable
from annotation.domain.ingest.dialects.partial import Partial, is_absent
from annotation.domain.ingest.records import ErrorRecord, RunRecord
from annotation.domain.ingest.values import as_count

MARK = "otel.content_from_logs"
"""The attribute of a run that says what came from log events: `{"inputs": 2, "outputs": 1}`, by number of messages; a cost, arguments of a tool, and that it failed, as 1."""

_ALONE = ("model", "model_requested", "response_id", "usage", "first_token_ms", "thread_id", "user_id")


def filled(run: RunRecord, partial: Partial) -> RunRecord:
    """The run, completed by what its log events say."""
    run = emptied(run)
    changes: dict[str, Any] = {
        name: getattr(partial, name)
        for name in _ALONE
        if is_absent(getattr(run, name)) and not is_absent(getattr(partial, name))
    }
    if is_absent(run.provider) and partial.provider:
        changes["provider"] = partial.provider.lower()
    if partial.model and run.model in (None, run.model_requested):  # what was asked for stands in for what answered
        changes["model"] = partial.model
    return _with_content(replace(run, **changes) if changes else run, partial)


def emptied(run: RunRecord) -> RunRecord:
    """The run without what came from log events."""
    mark = run.attributes.get(MARK)
    if not isinstance(mark, Mapping):
        return run
    changes: dict[str, Any] = {"attributes": {key: value for key, value in run.attributes.items() if key != MARK}}
    kept = list(run.messages)
    if "inputs" in mark:
        changes |= {"inputs": None, "input_text": None}
        kept = kept[_count(mark["inputs"]) :]
    if "outputs" in mark:
        changes |= {"outputs": None, "output_text": None, "tool_calls": ()}
        kept = kept[: max(len(kept) - _count(mark["outputs"]), 0)]
    if "cost" in mark:
        changes |= {"cost": None}
    if "failed" in mark:
        changes |= {"status": "ok", "error": None}
    if "arguments" in mark and run.tool:
        changes |= {"inputs": None, "input_text": None, "tool": replace(run.tool, arguments=None)}
    return replace(run, messages=kept, **changes)


def _count(value: Any) -> int:
    """How many messages a mark names; it is an attribute, so a sender may have written anything there."""
    return as_count(value) or 0


def _with_content(run: RunRecord, partial: Partial) -> RunRecord:
    changes: dict[str, Any] = {}
    mark: dict[str, int] = {}
    asked, answered = list(partial.input_messages), list(partial.output_messages)
    if is_absent(run.inputs) and not is_absent(partial.inputs):
        changes |= {"inputs": partial.inputs, "input_text": _asked(partial.inputs, asked)}
        mark["inputs"] = len(asked)
    if is_absent(run.outputs) and not is_absent(partial.outputs):
        changes |= {"outputs": partial.outputs, "output_text": _answered(partial.outputs, answered)}
        changes["tool_calls"] = messages.tool_calls(answered)
        mark["outputs"] = len(answered)
    if run.cost is None and partial.cost is not None:
        changes["cost"] = partial.cost
        mark["cost"] = 1
    if partial.failed and run.status == "ok":
        changes |= {"status": "error", "error": ErrorRecord(partial.error_type, partial.error_message)}
        mark["failed"] = 1
    if run.tool and is_absent(run.tool.arguments) and not is_absent(partial.tool_arguments):
        changes |= {"inputs": partial.tool_arguments, "input_text": readable.input_text(partial.tool_arguments)}
        changes["tool"] = replace(run.tool, arguments=partial.tool_arguments)
        mark["arguments"] = 1
    if not mark:
        return run
    kept = [*(asked if "inputs" in mark else ()), *run.messages, *(answered if "outputs" in mark else ())]
    return replace(run, messages=kept, attributes={**run.attributes, MARK: mark}, **changes)


def _asked(inputs: Any, entries: Sequence[messages.Message]) -> str | None:
    return (messages.last_text(entries, "user") if entries else None) or readable.input_text(inputs)


def _answered(outputs: Any, entries: Sequence[messages.Message]) -> str | None:
    return messages.last_text(entries, "assistant") if entries else readable.output_text(outputs)
