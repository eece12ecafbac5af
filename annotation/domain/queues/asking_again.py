"""Reviews that are asked for again, because the rubric has changed since: marked, handed to who gave them, and answered.

Their item stays as settled as it is; what was answered stands until the new answer comes, and is filled in for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery

from annotation.domain.queues import affected, rubric
from annotation.domain.queues.affected import Place
from annotation.domain.queues.rubric import Rubric
from annotation.domain.traces import matching
from annotation.domain.work import jobs
from annotation.models import Item, Job, Queue, Review, RubricVersion, Skip, User

KIND = "queue_ask_again"
AT_ONCE = 10
"""So many batches of reviews are held against a rubric while somebody waits, for as long as a search by a filter may take."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How many reviews would be asked for again, and in how many of them an answer that stands fits no more.

    `is_partial`: not all reviews were looked at, so that it is these at least.
    """

    count: int = 0
    misfit_count: int = 0
    is_partial: bool = False


def preview(*, queue: Queue, asked: Rubric) -> Asked:
    """What `mark` would do if the queue asked this, see `affected.batch`."""
    told, place = Asked(is_partial=True), Place()
    with suppress(matching.FilterTooSlow), matching.bounded():
        for _ in _turns():
            batch = affected.batch(queue, asked, after=place)
            is_last = len(batch) < affected.BATCH
            count = told.count + sum(one.is_affected for one in batch)
            told = Asked(count, told.misfit_count + sum(one.is_misfit for one in batch), is_partial=not is_last)
            if is_last:
                break
            place = batch[-1].place
    return told


def mark(*, queue: Queue, version: RubricVersion, by: User) -> tuple[int, Job | None]:
    """Ask for every review again that answers an earlier version and that this one affects, see `affected.batch`.

    How many, and the job that goes on where there are too many to be looked at now. Call with the queue locked.
    """
    RubricVersion.objects.filter(pk=version.pk).update(asks_again=True)
    count: int = 0
    place: Place | None = Place()
    with suppress(matching.FilterTooSlow), matching.bounded():  # which takes back what it interrupts
        count, place = _mark_at_once(queue, version)
    if place is None:
        return count, None
    title, plan = f"Ask for reviews of “{queue}” again", {"version": version.pk, "after": place}
    return count, jobs.create(workspace=queue.workspace, kind=KIND, title=title, plan=plan, by=by)


def mark_late(review: Review, queue: Queue) -> None:
    """Ask for a review again that answers an earlier version than the queue's, where a later one asks again and affects it.

    It was on somebody's screen when the rubric changed, or stands again after an edit was taken back.
    """
    later = queue.rubric_versions.filter(pk__gt=review.rubric_id, asks_again=True).select_related("queue")
    version = later.order_by("-pk").first()
    if version and affected.is_affected(review, version):
        review.is_asked_again = True
        review.save(update_fields=["is_asked_again"])


def is_going_on(version: RubricVersion) -> bool:
    """Whether a job is to look for more reviews that this version asks for again."""
    return Job.objects.filter(workspace=version.queue.workspace_id, kind=KIND, plan__version=version.pk).exists()


def _turns() -> Iterator[int]:
    until = time.monotonic() + settings.FILTER_TIMEOUT_MILLISECONDS / 1000
    return takewhile(lambda _: time.monotonic() < until, range(AT_ONCE))


def prepare(job: Job) -> jobs.Step:
    """The step that goes on with what `mark` began."""
    version = RubricVersion.objects.select_related("queue").get(pk=job.plan["version"])

    def step(job: Job) -> bool:
        after = Place(*job.cursor.get("after", job.plan["after"]))
        count, place = _mark(version.queue, version, after)
        job.done_count += count
        job.cursor = {"after": place}
        return place is None

    return step


def _mark_at_once(queue: Queue, version: RubricVersion) -> tuple[int, Place | None]:
    count, place = 0, Place()
    for _ in _turns():
        more, following = _mark(queue, version, place)
        count += more
        if following is None:
            return count, None
        place = following
    return count, place


def _mark(queue: Queue, version: RubricVersion, after: Place) -> tuple[int, Place | None]:
    """How many of the next batch were marked, and where it ended if there may be more.

    Whoever has submitted an answer to the version itself, or a later one, since it was read is not asked again.
    """
    batch = affected.batch(queue, rubric.read(version.questions), after=after, before=version)
    rows = Review.objects.filter(pk__in=[one.place.review for one in batch if one.is_affected])
    count = rows.filter(rubric__lt=version.pk).update(is_asked_again=True)
    return count, batch[-1].place if len(batch) == affected.BATCH else None


def next_item(queue: Queue, person: User) -> Item | None:
    """The item whose review they are asked for again, what they skipped last."""
    skipped = Skip.objects.filter(item=OuterRef("item"), reviewer=person).values("skipped_at")
    rows = _waiting(queue, person).annotate(skipped_at=Subquery(skipped)).select_related("item")
    review = rows.order_by(F("skipped_at").asc(nulls_first=True), "id").first()
    if review is None:
        return None
    review.item.queue = queue
    return review.item


def _waiting(queue: Queue, person: User) -> QuerySet[Review]:
    rows = Review.objects.filter(reviewer=person, is_asked_again=True, item__queue=queue)
    return rows.exclude(item__state=Item.State.REMOVED).filter(item__flagged_at__isnull=True)
