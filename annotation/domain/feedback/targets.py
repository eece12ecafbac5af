"""What a feedback is about, by whatever id its giver knows, and where that is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from annotation.domain.feedback import deriving, joining
from annotation.models import Feedback

RUN, TRACE, THREAD, PROJECT = Feedback.Target


@dataclass(frozen=True, slots=True)
class Target:
    """A run (by UUID, or by the client's own id, which may look like one), a trace, a thread, or a whole project.

    A run may be narrowed to its trace: span ids are unique within one only. A project is named by its inside id, which
    the caller has made sure of.
    """

    run_id: UUID | None = None
    run_external_id: str | None = None
    trace_id: UUID | None = None
    thread_id: str | None = None
    project_id: int | None = None

    @property
    def kind(self) -> str:
        """A run if one is named, else a trace, else a thread, else a project."""
        if self.run_id or self.run_external_id:
            return RUN
        if self.trace_id:
            return TRACE
        return PROJECT if self.project_id else THREAD


@dataclass(frozen=True, slots=True)
class Place:
    """The ids of a target as far as they are known; `project_id` is None until it has come."""

    kind: str
    trace_uuid: UUID | None = None
    run_uuid: UUID | None = None
    run_external_id: str | None = None
    thread_id: str | None = None
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Where the targets are, in order, and those of their traces that are stored."""

    places: list[Place]
    traces: list[deriving.Judged]

    @property
    def is_any_missing(self) -> bool:
        """Whether one of them has not come yet."""
        return any(place.kind in {RUN, TRACE} and place.project_id is None for place in self.places)


def ask_to_hold(*, workspace_id: int, targets: Sequence[Target]) -> Callable[[], Found]:
    """Where the targets are, with their traces held, in two steps; those that have not come yet stay as they were named.

    Of those nothing is certain unless `joining.wait_for_arrivals` was called first: they may be slipping in.
    """
    runs = joining.locate(
        workspace_id=workspace_id,
        run_uuids={target.run_id for target in targets if target.run_id},
        external_ids={target.run_external_id for target in targets if target.run_external_id},
    )
    placed = [_place(target, runs) for target in targets]
    held = deriving.ask_to_hold(
        workspace_id=workspace_id, traces={place.trace_uuid for place in placed if place.trace_uuid}
    )
    return lambda: _found(placed, held())


def _found(placed: Sequence[Place], traces: list[deriving.Judged]) -> Found:
    projects = {trace.uuid: trace.project_id for trace in traces}
    places = [
        replace(place, project_id=projects.get(place.trace_uuid)) if place.trace_uuid else place for place in placed
    ]
    return Found(places, traces)


def _place(target: Target, runs: Iterable[joining.Located]) -> Place:
    if target.kind == THREAD:
        return Place(THREAD, thread_id=target.thread_id)
    if target.kind == PROJECT:
        return Place(PROJECT, project_id=target.project_id)
    if target.kind == TRACE:
        return Place(TRACE, trace_uuid=target.trace_id)
    run = next((run for run in runs if _is(run, target)), None)
    if run:
        return Place(RUN, run.trace_id, run.id, run.external_id)
    return Place(RUN, target.trace_id, target.run_id, target.run_external_id)


def _is(run: joining.Located, target: Target) -> bool:
    if target.trace_id and run.trace_id != target.trace_id:
        return False
    return run.id == target.run_id or run.external_id == target.run_external_id
