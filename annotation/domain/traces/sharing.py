"""Links with which whoever has one may look at a run and what is below it; given out by editors, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from annotation.domain import audit
from annotation.domain.traces import tree
from annotation.domain.traces.tree import Step
from annotation.domain.traces.whole import runs_of
from annotation.models import DeletedTrace, Run, RunShare, User


class ShareTokenTakenError(ValueError):
    """The secret that was asked for belongs to another link."""

    def __init__(self) -> None:
        super().__init__("This share token is taken: choose another one, or none.")


class ShareGoneError(LookupError):
    """The link opens nothing: it never did, was taken back, or its run was deleted."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The run that a link opens, and the steps that it shows: the run itself first, then all below it."""

    link: RunShare
    run: Run
    steps: list[Step[Run]]


def share(*, run: Run, by: User | None, token: UUID | None = None) -> RunShare:
    """The link to the run, made if there is none yet; `token` is the secret that a new one gets.

    Raises ShareTokenTakenError.
    """
    known = of_run(run)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made = RunShare.objects.create(
                uuid=token or uuid4(), workspace_id=run.workspace_id, run_uuid=run.uuid, created_by=by
            )
            audit.record("run.shared", by=by, workspace=run.workspace, target=run)
    except IntegrityError as problem:
        known = of_run(run)  # somebody shared it at the same moment
        if known is None:
            raise ShareTokenTakenError from problem
        return known
    return made


def of_run(run: Run) -> RunShare | None:
    """The link to the run, if it is shared."""
    return RunShare.objects.filter(workspace=run.workspace_id, run_uuid=run.uuid).first()


def unshare(*, run: Run, by: User | None) -> None:
    """Take the link back; one that is not there is fine."""
    with transaction.atomic():
        if RunShare.objects.filter(workspace=run.workspace_id, run_uuid=run.uuid).delete()[0]:
            audit.record("run.unshared", by=by, workspace=run.workspace, target=run)


def opened(token: UUID) -> Shared:
    """What the link with this secret shows. Raises ShareGoneError."""
    link = RunShare.objects.filter(uuid=token).first()
    run = _living(link) if link else None
    if link is None or run is None:
        raise ShareGoneError("This link opens nothing, or nothing any more.")
    steps = tree.steps(runs_of(run.trace).select_related("trace__project__workspace"))
    top = next(step for step in steps if step.run.uuid == run.uuid)
    return Shared(link, run, steps[top.number - 1 : top.last])


def _living(link: RunShare) -> Run | None:
    """The run of a link, unless its trace was deleted, be the rows still there."""
    runs = Run.objects.select_related("trace").filter(workspace=link.workspace_id, uuid=link.run_uuid)
    deleted = DeletedTrace.objects.filter(workspace=OuterRef("workspace"), trace_uuid=OuterRef("trace__uuid"))
    return runs.exclude(Exists(deleted)).first()
