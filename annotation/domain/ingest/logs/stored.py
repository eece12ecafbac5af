"""Stored runs as records again, and back: to fill in what log events say."""

from collections.abc import Mapping
from typing import Any

from annotation.domain.ingest import rows
from annotation.domain.ingest.records import ErrorRecord, RunRecord, ToolCallRecord, ToolRecord, Usage
from annotation.models import Run


def record_of(run: Run) -> RunRecord:
    """The record that gives this row; `run.trace` should be loaded."""
    return RunRecord(
        trace_id=run.trace.uuid,
        id=run.uuid,
        external_id=run.external_id,
        parent_id=run.parent_uuid,
        parent_external_id=run.parent_external_id,
        name=run.name,
        type=run.type,
        status=run.status,
        started_ns=run.start_nano,
        ended_ns=rows.nanoseconds(run.ended_at),
        error=_error(run),
        provider=run.provider,
        model=run.model,
        model_requested=run.model_requested,
        response_id=run.response_id,
        inputs=run.inputs,
        outputs=run.outputs,
        messages=run.messages,
        input_text=run.input_text,
        output_text=run.output_text,
        tool=_tool(run),
        tool_calls=[ToolCallRecord(call["id"], call["name"], call["arguments"]) for call in run.tool_calls],
        documents=run.documents,
        usage=_usage(run),
        cost=run.cost,
        price_id=run.price_uuid,
        thread_id=run.thread_id,
        user_id=run.user_id,
        tags=run.tags,
        metadata=run.metadata,
        attributes=run.attributes,
        resource=run.resource,
        events=run.events,
        first_token_ms=run.first_token_ms,
        dialect=run.dialect,
    )


def _error(run: Run) -> ErrorRecord | None:
    has_error = run.error_type or run.error_message or run.error_stack
    return ErrorRecord(run.error_type, run.error_message, run.error_stack) if has_error else None


def _tool(run: Run) -> ToolRecord | None:
    return ToolRecord(run.tool["name"], run.tool["arguments"], run.tool["result"]) if run.tool else None


def _usage(run: Run) -> Usage | None:
    if run.input_tokens is None:
        return None
    return Usage(run.input_tokens, run.output_tokens or 0, run.total_tokens or 0, run.token_details)


#: Columns that do not change with what a run says, or lose precision on the way.
_FIXED = frozenset({"workspace_id", "trace_id", "uuid", "started_at", "start_nano", "ended_at", "latency_ms"})


def changes(run: Run, record: RunRecord, *, times: bool = False) -> Mapping[str, Any]:
    """The columns in which a record differs from a stored run; with `times` also when it began and ended."""
    row = rows.run_row(record, workspace_id=run.workspace_id, trace_pk=run.trace_id)
    fixed = frozenset({"workspace_id", "trace_id", "uuid"}) if times else _FIXED
    return {
        name: _plain(value)
        for name, value in row.items()
        if name not in fixed and _plain(value) != _plain(getattr(run, name))
    }


def _plain(value: Any) -> Any:
    """Sequences as JSON has them."""
    return list(value) if isinstance(value, tuple) else value
