"""Loads the demo through the real paths, all of it or nothing, once; and takes it away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from annotation.domain.datasets import catalogue
from annotation.domain.demo import cast as casting
from annotation.domain.demo import faults, judging, queueing, reviewing, routing, world
from annotation.domain.demo.cast import Cast
from annotation.domain.demo.reviewing import Sitting
from annotation.domain.demo.story import Story
from annotation.domain.feedback import failure_modes
from annotation.domain.ingest import mapping, store
from annotation.domain.ingest.store import Destination
from annotation.domain.projects import projects, workspaces
from annotation.models import Dataset, FailureMode, Item, Project, Queue, SavedView, Trace, User, Workspace

TRACES_AT_ONCE = 100
DAYS = 5
NAME = "Demo"
VIEWS = (
    ("Failed conversations", "verdict is bad and time > -30d"),
    ("Errors", "status is error"),
    ("Slow", "latency > 30s"),
    ("Frustrated guests", 'feedback("frustrated") is yes'),
    ("Judge and user disagree", 'feedback("thumbs", source: user) = 1 and feedback(source: judge) < 0.4'),
    ("Not yet judged", "verdict is none"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's workspace, and whether it was made just now."""

    workspace: Workspace
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Set:
    workspace: Workspace
    cast: Cast
    projects: dict[str, Project]
    stories: Sequence[Story]
    chance: Random
    now: datetime

    def of(self, service: str) -> list[Story]:
        """The stories of one application."""
        return [story for story in self.stories if story.service == service]


def load(*, now: datetime) -> Demo:
    """Load the demo as of `now` unless it is there; a start that was killed half-way leaves nothing behind."""
    known = find()
    users = casting.engage()
    if known is not None:
        return Demo(known, is_new=False)
    with transaction.atomic():
        workspace = _workspace(users["admin"])
        _fill(_prepared(workspace, casting.join(workspace, users), now))
    return Demo(workspace, is_new=True)


def find() -> Workspace | None:
    """The demo's workspace, if it is loaded."""
    return Workspace.objects.filter(is_demo=True).order_by("pk").first()


def _workspace(admin: User) -> Workspace:
    workspace = workspaces.create(name=NAME, by=admin)
    workspace.is_demo = True
    workspace.save(update_fields=["is_demo"])
    return workspace


def _prepared(workspace: Workspace, cast: Cast, now: datetime) -> _Set:
    made = {
        name: projects.create(workspace=workspace, name=name, by=cast.admin, description=words)
        for name, words in (
            ("booking-agent", "Answers guests of a group of small hotels, in eight languages."),
            ("coding-agent", "Solves small tasks in a checkout of a repository."),
        )
    }
    chance = Random(world.SEED + 1)  # noqa: S311 -- the same world every time
    return _Set(workspace, cast, made, world.stories(now), chance, now)


def _fill(stage: _Set) -> None:
    _ingest(stage)
    _name_failures(stage)
    judging.configure(stage.workspace, stage.cast.admin)
    judging.judge(workspace=stage.workspace, stories=stage.stories, chance=stage.chance, now=stage.now)
    for position, (name, text) in enumerate(VIEWS):
        SavedView.objects.create(
            workspace=stage.workspace, name=name, filter=text, position=position, created_by=stage.cast.editor
        )
    _review(stage)


def _ingest(stage: _Set) -> None:
    ids: dict[str | None, int] = {name: project.pk for name, project in stage.projects.items()}
    destination = Destination(stage.workspace.pk, ids)
    received_ns = int(stage.now.timestamp() * 1e9)
    for begin in range(0, len(stage.stories), TRACES_AT_ONCE):
        spans = [span for story in stage.stories[begin : begin + TRACES_AT_ONCE] for span in story.spans]
        store.write(runs=mapping.to_runs(spans, received_ns=received_ns), destination=destination)


def _name_failures(stage: _Set) -> None:
    known = (("booking-agent", faults.BOOKING_FAULTS), ("coding-agent", faults.CODING_FAULTS))
    for service, listed in known:
        for fault in listed:
            mode: FailureMode = failure_modes.coin(
                project=stage.projects[service], name=fault.name, by=stage.cast.editor
            )
            FailureMode.objects.filter(pk=mode.pk).update(definition=fault.definition)


def _review(stage: _Set) -> None:
    booking = _dataset(stage, "Booking corrections", "Answers as they should have been.")
    coding = _dataset(stage, "Coding regressions", "Tasks that went wrong once.")
    first = queueing.open_booking(workspace=stage.workspace, dataset=booking, by=stage.cast.admin)
    second = queueing.open_coding(workspace=stage.workspace, dataset=coding, by=stage.cast.admin)
    begun = stage.now - timedelta(days=DAYS)
    rules = routing.set_up(workspace=stage.workspace, booking=first, coding=second, by=stage.cast.admin, now=begun)
    seen = [story for story in stage.of("coding-agent") if story.fault][:5]
    reviewing.collect(dataset=coding, stories=seen, by=stage.cast.editor, now=begun)
    for day in range(DAYS, -1, -1):
        moment = stage.now - timedelta(days=day)
        rules.decide(workspace=stage.workspace, now=moment)
        if day:
            _work_off(stage, first, moment, share=0.17)
            _work_off(stage, second, moment, share=0.17)
    for dataset in (booking, coding):
        reviewing.tend(dataset=dataset, by=stage.cast.editor, now=stage.now)


def _dataset(stage: _Set, name: str, description: str) -> Dataset:
    begun = stage.now - timedelta(days=6)
    return catalogue.create(
        workspace=stage.workspace, name=name, description=description, by=stage.cast.editor, now=begun
    )


def _work_off(stage: _Set, queue: Queue, begun: datetime, *, share: float) -> None:
    """One day's sitting over a share of what is open, and the editor's look at it."""
    queue = Queue.objects.select_related("rubric").get(pk=queue.pk)
    stories = {story.trace_uuid: story for story in stage.stories}
    sitting = Sitting(queue, stories, stage.chance, begun + timedelta(hours=stage.chance.uniform(0.2, 3)))
    open_count = queue.items.filter(state=Item.State.OPEN).count()
    seats = int(open_count * (queue.reviewers_per_item + queue.double_percent / 100) * share) + 1
    reviews = reviewing.work(sitting=sitting, cast=stage.cast, count=seats)
    reviewing.decide(reviews=reviews, chance=stage.chance, by=stage.cast.editor, now=stage.now)


def counted(workspace: Workspace) -> int:
    """How many traces the demo has."""
    return Trace.objects.filter(workspace=workspace).count()
