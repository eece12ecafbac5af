"""A queue from its making to its end: settings, rubric and status, each change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from annotation.domain import audit, locks
from annotation.domain.queues import (
    asking_again,
    blindness,
    following,
    masking,
    presentation,
    rubric_versions,
)
from annotation.domain.queues.rubric import Rubric
from annotation.domain.queues.settings import QueueError, QueueSettings, require_sound
from annotation.models import Assignment, Queue, Reservation, RubricVersion, User, Workspace

Status = Queue.Status

TRANSITIONS: dict[str, frozenset[str]] = {
    Status.DRAFT: frozenset({Status.ACTIVE, Status.ARCHIVED}),
    Status.ACTIVE: frozenset({Status.PAUSED, Status.COMPLETED, Status.ARCHIVED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.COMPLETED, Status.ARCHIVED}),
    Status.COMPLETED: frozenset({Status.ACTIVE, Status.ARCHIVED}),
    Status.ARCHIVED: frozenset({Status.PAUSED}),
}
"""Where a queue may go from each status; an archived one comes back paused, so that nothing starts by itself."""


def settings_of(queue: Queue) -> QueueSettings:
    """The settings that the queue has."""
    kept = {name: getattr(queue, name) for name in _COLUMNS}
    typed = {name: read(kept[name]) for name, read in _TYPED.items()}
    return QueueSettings(**{**kept, **typed}, reviewers=tuple(queue.reviewers.all()))


_TYPED: dict[str, Callable[[Any], Any]] = {
    "blindness": blindness.read,
    "presentation": presentation.read,
    "masking": masking.read,
}
"""Settings that are kept as JSON, with their readers."""


_COLUMNS = (
    "name",
    "instructions",
    "order",
    "reviewers_per_item",
    "double_percent",
    "decides",
    "blindness",
    "presentation",
    "masking",
    "reservation_minutes",
    "most_items",
    "due_on",
    "is_open_to_all",
    "accepts_at_once",
    "gold_percent",
    "retest_percent",
    "retest_days",
    "shows_gold",
    "target_dataset",
)


def create(
    *,
    workspace: Workspace,
    settings: QueueSettings,
    rubric: Rubric,
    by: User,
    status: str = Status.ACTIVE,
    uuid: UUID | None = None,
) -> Queue:
    """A new queue, as a draft or at once active. Raises QueueError, also for a `uuid` that is taken."""
    if status not in {Status.DRAFT, Status.ACTIVE}:
        raise QueueError("status", "A new queue is a draft or active.")
    require_sound(workspace, settings)
    with _named_once(settings.name), transaction.atomic():
        columns = {**_columns(settings), "uuid": uuid or uuid4()}
        queue = Queue.objects.create(workspace=workspace, status=status, created_by=by, **columns)
        queue.reviewers.set(settings.reviewers)
        rubric_versions.publish(queue=queue, asked=rubric, by=by)
        audit.record("queue.created", by=by, workspace=workspace, target=queue, detail={"status": status})
    return queue


def edit(
    *,
    queue: Queue,
    settings: QueueSettings,
    rubric: Rubric,
    by: User,
    status: str | None = None,
    asks_again: bool = False,
) -> Queue:
    """Change settings, rubric and status at once; another rubric is a new version. Items follow how often they are reviewed
    and who decides where reviews differ.

    With `asks_again` reviewers are asked for the reviews again that lack a question of the new version, or say what it does not
    take any more; where they are very many, a job goes on. Raises QueueError.
    """
    require_sound(queue.workspace, settings)
    with _named_once(settings.name), transaction.atomic():
        locked = _locked(queue)
        changes = _changes(locked, settings)
        for name, value in _columns(settings).items():
            setattr(locked, name, value)
        locked.save(update_fields=_COLUMNS)
        Queue.objects.filter(pk=locked.pk).update(modified_at=Now())
        locked.reviewers.set(settings.reviewers)
        if not settings.is_open_to_all:  # a seat kept for somebody who is let in no more would stay empty
            locks.change_policy(locked)  # after those who are using such a seat
            Assignment.objects.filter(item__queue=locked).exclude(reviewer__in=settings.reviewers).delete()
        before = locked.rubric
        version = rubric_versions.publish(queue=locked, asked=rubric, by=by)
        if {"reviewers_per_item", "double_percent", "decides"} & set(changes):
            following.follow_policy(locked)
        changes |= _rubric_change(before, version)
        if asks_again:
            changes |= _asked_again(locked, version, by)
        if changes:
            audit.record("queue.changed", by=by, workspace=locked.workspace, target=locked, detail=changes)
        if status is not None:
            _move(locked, status, by)
    return locked


def _asked_again(queue: Queue, version: RubricVersion, by: User) -> dict[str, Any]:
    count, job = asking_again.mark(queue=queue, version=version, by=by)
    by_job = {"more are asked for by job": str(job.uuid)} if job else {}
    return {"reviews asked for again": count, **by_job} if count or job else {}


def describe(*, queue: Queue, description: str | None = None, metadata: Mapping[str, Any] | None = None) -> None:
    """Keep what a program says of the queue; None keeps what was said before."""
    given = {"description": description, "metadata": metadata}
    if changes := {name: value for name, value in given.items() if value is not None}:
        Queue.objects.filter(pk=queue.pk).update(**changes, modified_at=Now())


def retire(*, queue: Queue, by: User) -> Queue:
    """Archive the queue under another name, so that its name is free. What was reviewed in it stays."""
    settings = settings_of(queue)
    name = f"{settings.name[:_MOST_KEPT]} (deleted {queue.uuid.hex[:8]})"
    asked = rubric_versions.questions_of(queue)
    return edit(queue=queue, settings=replace(settings, name=name), rubric=asked, by=by, status=Status.ARCHIVED)


_MOST_KEPT = 90


def set_status(*, queue: Queue, status: str, by: User) -> Queue:
    """Open, pause, complete, archive or bring back a queue; the status that it has already is fine. Raises QueueError.

    What is on people's screens is given back when the queue is completed or archived; drafts are kept. A single item that is
    claimed in that very moment lapses by itself, and takes no review.
    """
    with transaction.atomic():
        locked = _locked(queue)
        _move(locked, status, by)
    return locked


def _move(queue: Queue, status: str, by: User) -> None:
    if queue.status == status:
        return
    if status not in TRANSITIONS[queue.status]:
        raise QueueError("status", f"A queue that is {queue.status} cannot become {status}.")
    before, queue.status = queue.status, status
    queue.save(update_fields=["status"])
    if status in {Status.COMPLETED, Status.ARCHIVED}:
        locks.change_policy(queue)  # after those who are taking a page of seats
        Reservation.objects.filter(item__queue=queue).delete()
    detail = {"from": before, "to": status}
    audit.record("queue.status_changed", by=by, workspace=queue.workspace, target=queue, detail=detail)


def _locked(queue: Queue) -> Queue:
    rows = Queue.objects.select_related("workspace", "rubric", "target_dataset")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=queue.pk)


def _columns(settings: QueueSettings) -> dict[str, Any]:
    columns = {name: getattr(settings, name) for name in _COLUMNS}
    tidy = {"name": settings.name.strip(), "instructions": settings.instructions.strip()}
    return columns | tidy | {name: columns[name].document() for name in _TYPED}


@contextmanager
def _named_once(name: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as problem:
        if "uuid" in str(problem):
            raise QueueError("id", "This id is taken already; choose another one.") from problem
        if "queue_name_once" not in str(problem):
            raise
        raise QueueError("name", f"There is a queue “{name.strip()}” already; choose another name.") from problem


def _changes(queue: Queue, settings: QueueSettings) -> dict[str, Any]:
    """What an edit changes, for the audit log: settings by name, long text only as changed."""
    changes: dict[str, Any] = {
        name: str(value) if value is not None else None
        for name, value in _columns(settings).items()
        if getattr(queue, name) != value and name not in {"instructions", *_TYPED}
    }
    for name, read in _TYPED.items():
        if read(getattr(queue, name)) != (asked := getattr(settings, name)):
            changes[name] = asked.document()
    if queue.instructions != settings.instructions.strip():
        changes["instructions"] = "changed"
    if {person.pk for person in settings.reviewers} != set(queue.reviewers.values_list("pk", flat=True)):
        changes["reviewers"] = sorted(person.email for person in settings.reviewers)
    return changes


def _rubric_change(before: RubricVersion | None, after: RubricVersion) -> dict[str, Any]:
    return {} if before and before.pk == after.pk else {"rubric": after.number}
