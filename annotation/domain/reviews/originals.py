"""What a review is about: the traces of an item, and the inputs and outputs that a correction corrects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from annotation.domain.datasets import sources
from annotation.domain.queues import subjects
from annotation.domain.reviews.content import Part
from annotation.domain.rows import Rows
from annotation.models import Item, Project, Run, Trace


@dataclass(frozen=True, slots=True)
class Original:
    """What a correction corrects: `text` is what a person reads, `outputs` the JSON behind it.

    `run_uuid` is None where the final answer of the whole trace is corrected; `run_type` and `part` say what else is.
    """

    trace_uuid: UUID | None
    run_uuid: UUID | None
    inputs: Any
    outputs: Any
    text: str
    run_type: str = ""
    part: str = ""


def project_of(item: Item) -> Project | None:
    """The project of the item's trace or thread; None while the trace is not there."""
    return ask_project_of(item)()


def ask_project_of(item: Item) -> Callable[[], Project | None]:
    """The same in two steps."""
    project_id = subjects.project_id_of(item.subject)
    if project_id is not None:
        return _BY_ID.ask_first(workspace=item.workspace_id, project=project_id)
    return _OF_TRACE.ask_first(workspace=item.workspace_id, trace=item.trace_uuid)


_BY_ID = Rows(Project, "it.workspace_id = %(workspace)s AND it.id = %(project)s")
_OF_TRACE = Rows(
    Project,
    f"it.id = (SELECT t.project_id FROM {Trace._meta.db_table} t WHERE t.workspace_id = %(workspace)s AND t.uuid = %(trace)s)",  # noqa: S608, SLF001 -- our own words, and the only way to a table's name
)


def traces_of(item: Item) -> list[UUID]:
    """The outside ids of the item's traces, oldest first; of a thread all of them."""
    if item.kind != Item.Kind.THREAD:
        return [uuid for uuid in (item.trace_uuid, item.other_trace_uuid) if uuid]
    project_id = subjects.project_id_of(item.subject) or 0
    rows = Trace.objects.filter(workspace=item.workspace_id, project_id=project_id, thread_id=item.thread_id)
    return list(rows.order_by("started_at", "id").values_list("uuid", flat=True))


def has_run(item: Item, run_uuid: UUID) -> bool:
    """Whether the run is a step of one of the item's traces."""
    rows = Run.objects.filter(workspace=item.workspace_id, uuid=run_uuid)
    return rows.filter(trace__uuid__in=traces_of(item)).exists()


def foreign_runs(item: Item, runs: Collection[UUID]) -> set[UUID]:
    """Those that are no step of the item's traces."""
    if not runs:
        return set()
    rows = Run.objects.filter(workspace=item.workspace_id, uuid__in=runs, trace__uuid__in=traces_of(item))
    return set(runs) - set(rows.values_list("uuid", flat=True))


MOST_BEFORE = 20
"""How many earlier turns of a thread stand above a trace."""


def turns_before(traces: Sequence[Trace]) -> list[Trace]:
    """At most the MOST_BEFORE traces before the first of these in its thread, oldest first."""
    if not traces or traces[0].thread_id is None:
        return []
    first = traces[0]
    rows = Trace.objects.filter(workspace=first.workspace_id, project=first.project_id, thread_id=first.thread_id)
    before = rows.filter(Q(started_at__lt=first.started_at) | Q(started_at=first.started_at, id__lt=first.pk))
    return list(before.order_by("-started_at", "-id")[:MOST_BEFORE])[::-1]


def shown_before(item: Item) -> list[Trace]:
    """The earlier turns that stand above the item's traces; none above a pair, whose sides they would tell apart."""
    if item.kind == Item.Kind.PAIR:
        return []
    rows = Trace.objects.filter(workspace=item.workspace_id, uuid__in=traces_of(item))
    return turns_before(list(rows.order_by("started_at", "id")[:1]))


def unshown_runs(item: Item, runs: Collection[UUID]) -> set[UUID]:
    """Those that are no step of the item's traces, nor of the earlier turns that stand above them."""
    left = foreign_runs(item, runs)
    if not left:
        return left
    before = Run.objects.filter(workspace=item.workspace_id, uuid__in=left, trace__in=shown_before(item))
    return left - set(before.values_list("uuid", flat=True))


def original(item: Item, run_uuid: UUID | None, part: str = "", *, trace: Trace | None = None) -> Original:
    """What a correction of this run corrects (None: the item's own run, else the answer of its last trace).

    `part` is what of the run (see `content.Part`), its answer without one. `trace` is that last trace, where it has been read already.
    """
    run_uuid = run_uuid or item.run_uuid
    run = _run(item, run_uuid) if run_uuid else None
    if run:
        return _PARTS[part](run) if part in _PARTS else _of_run(run)
    trace = trace or _last_trace(item)
    return _of_trace(trace) if trace else Original(item.trace_uuid, run_uuid, {}, None, "")


def _last_trace(item: Item) -> Trace | None:
    traces = traces_of(item)
    return Trace.objects.filter(workspace=item.workspace_id, uuid=traces[-1]).first() if traces else None


def _run(item: Item, run_uuid: UUID) -> Run | None:
    return Run.objects.select_related("trace").filter(workspace=item.workspace_id, uuid=run_uuid).first()


def _of_run(run: Run) -> Original:
    row = sources.content_of_run(run)
    return Original(run.trace.uuid, run.uuid, row.inputs, row.outputs, run.output_text or "", run.type)


def _call_of(run: Run) -> Original:
    """The calls that a model asked for; of a tool its own call, as the answer to what the user asked."""
    if run.type == Run.Type.TOOL:
        kept = run.tool if isinstance(run.tool, dict) else {}
        calls = [{"name": kept.get("name") or run.name, "arguments": kept.get("arguments", run.inputs)}]
        inputs = sources.content_of_trace(run.trace, until=run).inputs
    else:
        calls = [{"name": call.get("name"), "arguments": call.get("arguments")} for call in run.tool_calls or ()]
        inputs = sources.content_of_run(run).inputs
    return Original(run.trace.uuid, run.uuid, inputs, {"tool_calls": calls}, "", run.type, Part.TOOL_CALL)


def _messages_of(run: Run) -> Original:
    """All messages of a run: what it was given and what it answered."""
    inputs, outputs = sources.content_of_run(run).inputs, {"messages": run.messages or []}
    return Original(run.trace.uuid, run.uuid, inputs, outputs, "", run.type, Part.MESSAGES)


_PARTS: dict[str, Callable[[Run], Original]] = {Part.TOOL_CALL: _call_of, Part.MESSAGES: _messages_of}


def _of_trace(trace: Trace) -> Original:
    row = sources.content_of_trace(trace)
    return Original(trace.uuid, None, row.inputs, row.outputs, trace.output or "")
