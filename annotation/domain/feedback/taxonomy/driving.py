"""Carries what a change (or its undoing) moves: at once where it is little, else as a job with progress."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from annotation.domain.feedback.taxonomy import carrying
from annotation.domain.work import jobs
from annotation.models import FailureMode, Job, TaxonomyChange, User

KIND = "taxonomy"
AT_ONCE = 2_000
"""So many uses are carried in the request that asks for it."""


class Way(StrEnum):
    """What is carried: the noted uses there or back, all uses of what was split off, or a new name to all uses."""

    THERE = "there"
    BACK = "back"
    REJOIN = "rejoin"
    NAMES = "names"


def carry(change: TaxonomyChange, way: Way, *, count: int, by: User | None, title: str) -> None:
    """Carry `count` uses, before this returns or in a job that the change then names."""
    if count <= AT_ONCE:
        cursor: dict[str, int] = {}
        while _step(change, way, cursor) == carrying.BATCH:
            pass
        return
    plan = {"change": change.pk, "way": way.value}
    change.job = jobs.create(workspace=change.project.workspace, kind=KIND, title=title, plan=plan, by=by)
    Job.objects.filter(pk=change.job.pk).update(total_count=count)
    change.save(update_fields=["job"])


def is_carrying(change: TaxonomyChange) -> bool:
    """Whether a job is still at it."""
    return bool(change.job and change.job.status in jobs.UNFINISHED)


def prepare(job: Job) -> jobs.Step:
    """The step that carries the next uses."""
    change = TaxonomyChange.objects.select_related("mode", "other").get(pk=job.plan["change"])
    way = Way(job.plan["way"])

    def step(job: Job) -> bool:
        count = _step(change, way, job.cursor)
        job.done_count += count
        return count < carrying.BATCH

    return step


def _step(change: TaxonomyChange, way: Way, cursor: dict[str, int]) -> int:
    return _STEPS[way](change, cursor)


def _there(change: TaxonomyChange, _cursor: dict[str, int]) -> int:
    return carrying.there(change, *_both(change))


def _back(change: TaxonomyChange, _cursor: dict[str, int]) -> int:
    mode, other = _both(change)
    return carrying.back(change, other, mode)


def _rejoin(change: TaxonomyChange, _cursor: dict[str, int]) -> int:
    mode, other = _both(change)
    return carrying.everything(other, mode)[0]


def _both(change: TaxonomyChange) -> tuple[FailureMode, FailureMode]:
    """The two modes that a merge and a split are about."""
    assert change.mode is not None  # noqa: S101 -- both have it
    assert change.other is not None  # noqa: S101 -- as above
    return change.mode, change.other


def _names(change: TaxonomyChange, cursor: dict[str, int]) -> int:
    assert change.mode  # noqa: S101 -- a renaming has it
    change.mode.refresh_from_db()
    count, cursor["after"] = carrying.everything(change.mode, change.mode, after=cursor.get("after", 0))
    return count


_STEPS: dict[Way, Callable[[TaxonomyChange, dict[str, int]], int]] = {
    Way.THERE: _there,
    Way.BACK: _back,
    Way.REJOIN: _rejoin,
    Way.NAMES: _names,
}
