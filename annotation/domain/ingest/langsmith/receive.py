"""Taking messages about runs: put together with what is known of them, and stored.

For each run, messages are put together by one transaction at a time, which reads what is stored, adds the message and
stores the whole. So they may come in any order, twice, and at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from annotation.domain.ingest import receive, store
from annotation.domain.ingest.langsmith import stored
from annotation.domain.ingest.langsmith.mapping import to_record
from annotation.domain.ingest.langsmith.state import Message, RunState, after
from annotation.domain.ingest.receive import Sender
from annotation.domain.ingest.records import Rejections
from annotation.models import Project

FOREIGN_PROJECT = "session_id names no project that this key may write to"


@dataclass(frozen=True, slots=True)
class _Run:
    state: RunState
    trace_id: UUID
    is_new: bool


def take(*, sender: Sender, messages: Sequence[Message], received_ns: int) -> Rejections:
    """Store what the messages tell; on return it is committed. The database's OperationalError when it is away."""
    if not messages:
        return Rejections()
    workspace_id = sender.key.workspace_id
    named, refused = _with_projects(sender, messages)
    with transaction.atomic():
        stored.hold(workspace_id=workspace_id, ids=_concerned(named))
        runs, foreign = _put_together(sender, named)
        provisional = _provisional(workspace_id, runs)
        runs += _moved(sender, provisional, runs)
        rejected = _stored(sender, runs, received_ns)
        store.forget_empty(workspace_id=workspace_id, traces=provisional.keys())
    return receive.together([refused, foreign, rejected])


def _with_projects(sender: Sender, messages: Sequence[Message]) -> tuple[list[Message], Rejections]:
    """The messages with the names of projects that they name by id."""
    wanted = {one.said.project_uuid for one in messages if one.said.project_uuid}
    if not wanted:
        return list(messages), Rejections()
    found = Project.objects.filter(workspace_id=sender.key.workspace_id, uuid__in=wanted, deleted_at=None)
    if only := sender.key.only_project:
        found = found.filter(pk=only.pk)
    names = dict(found.values_list("uuid", "name"))
    kept = []
    for one in messages:
        uuid = one.said.project_uuid
        if uuid is None or uuid in names:
            kept.append(replace(one, said=replace(one.said, project=names[uuid], project_uuid=None)) if uuid else one)
    refused = len(messages) - len(kept)
    return kept, Rejections({FOREIGN_PROJECT: refused} if refused else {})


def _concerned(messages: Sequence[Message]) -> set[UUID]:
    """Runs, traces and parents: whoever holds them knows that none of these comes into being meanwhile."""
    said = [one.said for one in messages]
    return {uuid for one in said for uuid in (one.id, one.trace_id, one.parent_id) if uuid}


def _put_together(sender: Sender, messages: Sequence[Message]) -> tuple[list[_Run], Rejections]:
    known = stored.known(workspace_id=sender.key.workspace_id, ids={one.said.id for one in messages})
    only = sender.key.only_project
    foreign = {uuid for uuid, one in known.items() if only and one.project_id != only.pk}
    states: dict[UUID, RunState] = {}
    for one in messages:
        uuid = one.said.id
        if uuid not in foreign:
            states[uuid] = after(states.get(uuid) or (known[uuid].state if uuid in known else None), one)
    changed = {uuid: state for uuid, state in states.items() if uuid not in known or not _is_told(state, known[uuid])}
    traces = _traces(sender.key.workspace_id, changed, {uuid: one.trace_id for uuid, one in known.items()})
    runs = [_Run(state, traces[uuid], uuid not in known) for uuid, state in changed.items()]
    return runs, Rejections({store.FOREIGN_TRACE: len(foreign)} if foreign else {})


def _is_told(state: RunState, known: stored.Known) -> bool:
    """Whether nothing new was said."""
    return replace(state, trace_id=None) == known.state and state.trace_id in (None, known.trace_id)


def _traces(workspace_id: int, states: Mapping[UUID, RunState], known: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """The trace of each run: as told, else as stored, else its parent's. A parent that has not come is taken for the
    root until it tells otherwise.
    """
    homeless = [state for state in states.values() if not (state.trace_id or state.id in known)]
    parents = stored.traces_of(
        workspace_id=workspace_id,
        runs={one.parent_id for one in homeless if one.parent_id and one.parent_id not in states},
    )

    found = dict(known)
    for uuid in states:
        way, told = _upwards(uuid, states, found)
        found.update(dict.fromkeys(way, told or parents.get(way[-1], way[-1])))
    return {uuid: found[uuid] for uuid in states}


def _upwards(uuid: UUID, states: Mapping[UUID, RunState], known: Mapping[UUID, UUID]) -> tuple[list[UUID], UUID | None]:
    """The runs from one to the first above whose trace is told, and that trace; or to the last that is named."""
    way: dict[UUID, None] = {uuid: None}
    while True:
        state = states.get(uuid)
        told = (state.trace_id if state else None) or known.get(uuid)
        if told or state is None or state.parent_id is None or state.parent_id in way:
            return list(way), told
        uuid = state.parent_id
        way[uuid] = None


def _provisional(workspace_id: int, runs: Sequence[_Run]) -> dict[UUID, UUID]:
    """Traces that were named after a run before that run told its real trace, and the real ones."""
    real = {run.state.id: run.trace_id for run in runs if run.state.id != run.trace_id}
    existing = stored.existing(workspace_id=workspace_id, traces=real.keys())
    return {uuid: real[uuid] for uuid in existing}


def _moved(sender: Sender, provisional: Mapping[UUID, UUID], runs: Sequence[_Run]) -> list[_Run]:
    """The runs of provisional traces, in their real ones."""
    if not provisional:
        return []
    workspace_id = sender.key.workspace_id
    only = sender.key.only_project
    ids = set(stored.runs_of(workspace_id=workspace_id, traces=provisional.keys())) - {run.state.id for run in runs}
    return [
        _Run(one.state, provisional[one.trace_id], is_new=False)
        for one in stored.known(workspace_id=workspace_id, ids=ids).values()
        if only is None or one.project_id == only.pk
    ]


def _stored(sender: Sender, runs: Sequence[_Run], received_ns: int) -> Rejections:
    """New runs are added; those that are known take the place of what was stored."""
    parts = []
    for is_new in (True, False):
        records = [
            to_record(run.state, trace_id=run.trace_id, received_ns=received_ns) for run in runs if run.is_new is is_new
        ]
        if records:
            target = receive.destination(sender, records)
            parts.append(receive.store_what_can_be(records, target, replace=not is_new))
    return receive.together(parts)
