"""A run as others of this protocol's answers hold it: in queues, and behind share links."""

from __future__ import annotations

from typing import Any

from annotation.models import Run

_TYPES = {"reranker": "retriever", "agent": "chain", "guardrail": "chain", "evaluator": "chain", "other": "chain"}
_STATUSES = {"ok": "success", "error": "error", "pending": "pending"}


def run(one: Run) -> dict[str, Any]:
    """The run, without what needs further statements; its trace and its project have to be loaded."""
    project = one.trace.project
    return {
        "id": one.uuid,
        "name": one.name,
        "run_type": _TYPES.get(one.type, one.type),
        "start_time": one.started_at,
        "end_time": one.ended_at,
        "status": _STATUSES[one.status],
        "error": one.error_message,
        "inputs": _object(one.inputs, "input") or {},
        "outputs": _object(one.outputs, "output"),
        "extra": {"metadata": one.metadata},
        "tags": one.tags,
        "trace_id": one.trace.uuid,
        "parent_run_id": one.parent_uuid,
        "dotted_order": f"{one.started_at:%Y%m%dT%H%M%S%fZ}{one.uuid}",
        "session_id": project.uuid,
        "thread_id": one.thread_id,
        "total_tokens": one.total_tokens,
        "prompt_tokens": one.input_tokens,
        "completion_tokens": one.output_tokens,
        "total_cost": one.cost,
        "app_path": f"/o/{one.workspace.uuid}/projects/p/{project.uuid}/r/{one.uuid}",
    }


def _object(value: Any, name: str) -> Any:
    """Inputs and outputs are objects there."""
    return value if value is None or isinstance(value, dict) else {name: value}
