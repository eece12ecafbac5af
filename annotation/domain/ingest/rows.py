"""Records as rows of the tables of traces and runs: which column holds what, within the limits of the indexes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from annotation.domain.ingest.records import RunRecord, Usage
from annotation.domain.ingest.rollup import RunSummary, TraceSummary

#: Longest text that goes into an index (a B-tree entry may not pass 2,704 bytes); the attributes keep the whole.
MAX_INDEXED_CHARACTERS = 500
_MAX_TAG_CHARACTERS = 200
_MAX_TAGS = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(nanoseconds: int | None) -> datetime | None:
    """Nanoseconds since 1970 as a time, to the microsecond."""
    return None if nanoseconds is None else _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def to_microsecond(nanoseconds: int | None) -> int | None:
    """A time as precise as the database keeps it, so that a summary is the same before and after storing."""
    return None if nanoseconds is None else nanoseconds // 1000 * 1000


def nanoseconds(time: datetime | None) -> int | None:
    """A time from the database in nanoseconds since 1970."""
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1) * 1000


def latency_ms(started_ns: int, ended_ns: int | None) -> float | None:
    """How long it took, in milliseconds; never negative, whatever the clocks said."""
    return None if ended_ns is None else max(ended_ns - started_ns, 0) / 1e6


def run_row(run: RunRecord, *, workspace_id: int, trace_pk: int) -> dict[str, Any]:
    """The columns of a run; JSON columns as JSON values."""
    error, usage = run.error, run.usage
    return {
        "workspace_id": workspace_id,
        "trace_id": trace_pk,
        "uuid": run.id,
        "external_id": run.external_id[:MAX_INDEXED_CHARACTERS],
        "parent_uuid": run.parent_id,
        "parent_external_id": run.parent_external_id,
        "name": run.name,
        "type": run.type,
        "status": run.status,
        "error_type": error.type if error else None,
        "error_message": error.message if error else None,
        "error_stack": error.stack if error else None,
        "started_at": timestamp(run.started_ns),
        "start_nano": run.started_ns,
        "ended_at": timestamp(run.ended_ns),
        "latency_ms": latency_ms(run.started_ns, run.ended_ns),
        "first_token_ms": run.first_token_ms,
        "provider": run.provider,
        "model": run.model,
        "model_requested": run.model_requested,
        "response_id": indexed(run.response_id),
        "inputs": run.inputs,
        "outputs": run.outputs,
        "messages": run.messages,
        "input_text": run.input_text,
        "output_text": run.output_text,
        "tool": _tool(run),
        "tool_calls": [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in run.tool_calls],
        "documents": run.documents,
        **_usage_columns(usage),
        "cost": run.cost,
        "price_uuid": run.price_id,
        "thread_id": indexed(run.thread_id),
        "user_id": indexed(run.user_id),
        "tags": tags(run.tags),
        "metadata": run.metadata,
        "attributes": run.attributes,
        "resource": run.resource,
        "events": run.events,
        "dialect": run.dialect,
    }


def _usage_columns(usage: Usage | None) -> dict[str, Any]:
    return {
        "input_tokens": usage.input if usage else None,
        "output_tokens": usage.output if usage else None,
        "total_tokens": usage.total if usage else None,
        "token_details": usage.details if usage else {},
    }


def _tool(run: RunRecord) -> dict[str, Any] | None:
    if run.tool is None:
        return None
    return {"name": run.tool.name, "arguments": run.tool.arguments, "result": run.tool.result}


def indexed(text: str | None) -> str | None:
    """A text within what an index takes."""
    return text[:MAX_INDEXED_CHARACTERS] if text else None


def tags(values: Sequence[str]) -> list[str]:
    """Tags within what an index takes, each once."""
    return list(dict.fromkeys(value[:_MAX_TAG_CHARACTERS] for value in values if value))[:_MAX_TAGS]


def run_summary(run: RunRecord) -> RunSummary:
    """What a new trace's summary needs of a run that is about to be stored."""
    return RunSummary(
        id=run.id,
        parent_id=run.parent_id,
        name=run.name,
        type=run.type,
        status=run.status,
        error=run.error.message if run.error else None,
        started_ns=run.started_ns,
        ended_ns=to_microsecond(run.ended_ns),
        model=run.model,
        response_id=run.response_id,
        tokens=(run.usage.input, run.usage.output, run.usage.total) if run.usage else None,
        cost=run.cost,
        is_cost_computed=run.price_id is not None,
        thread_id=indexed(run.thread_id),
        user_id=indexed(run.user_id),
        tags=tags(run.tags),
        metadata=run.metadata,
        has_input=bool(run.input_text),
        has_output=bool(run.output_text),
    )


def trace_row(summary: TraceSummary, texts: Mapping[UUID, tuple[str | None, str | None]]) -> dict[str, Any]:
    """The derived columns of a trace; `texts` holds (input, output) of at least the runs that speak for it."""
    return {
        "name": summary.name,
        "status": summary.status,
        "error": summary.error,
        "started_at": timestamp(summary.started_ns),
        "ended_at": timestamp(summary.ended_ns),
        "latency_ms": latency_ms(summary.started_ns // 1000 * 1000, summary.ended_ns),
        "thread_id": summary.thread_id,
        "user_id": summary.user_id,
        "tags": summary.tags,
        "metadata": summary.metadata,
        "input": texts[summary.input_run][0] if summary.input_run else None,
        "output": texts[summary.output_run][1] if summary.output_run else None,
        "model_names": summary.models,
        "input_tokens": summary.tokens[0],
        "output_tokens": summary.tokens[1],
        "total_tokens": summary.tokens[2],
        "cost": summary.cost,
        "run_count": summary.run_count,
        "error_count": summary.error_count,
        "root_run_uuid": summary.root_id,
    }
