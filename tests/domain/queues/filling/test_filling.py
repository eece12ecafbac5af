"""Queues filled from a filter, and what was added taken back out."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.queues import filling, items, reasons, unfilling
from annotation.domain.work import jobs
from annotation.models import Item, Job, Project, Queue, Trace, User
from annotation.tasks import KINDS
from tests.domain.queues.filling.conftest import NOON, SEED, driven
from tests.factories import (
    QueueFactory,
    ReservationFactory,
    ReviewFactory,
    RunFactory,
    TraceFactory,
)

pytestmark = pytest.mark.django_db

SLOW = r"/^(x+)(x+)(x+)y\1\2\3$/"


def fill(queue: Queue, by: User, *, sample: int | None = None, seed: UUID = SEED, is_restoring: bool = False) -> Job:
    plan = filling.plan(
        queue=queue, filter_text="latency > 2s", sample=sample, seed=seed, is_restoring=is_restoring, by=by, now=NOON
    )
    return driven(filling.start(plan, queue=queue, by=by))


def test_the_preview_says_what_the_job_then_does(project: Project, queue: Queue, by: User) -> None:
    first = fill(queue, by, sample=3)
    items.remove(item=Item.objects.order_by("number")[0], by=by)
    plan = filling.plan(queue=queue, filter_text="latency > 2s", by=by, now=NOON)
    shown = filling.preview(plan, queue=queue)
    TraceFactory(project=project, latency_ms=9000)  # came later
    found = (shown.matched_count, shown.chosen_count, shown.new_count, shown.present_count, shown.removed_count)
    assert found == (10, 10, 7, 2, 1)
    job = driven(filling.start(plan, queue=queue, by=by))
    assert job.result == {"added": 7, "restored": 0, "present": 2, "removed": 1, "over": 0}
    assert (first.total_count, job.total_count, job.done_count) == (3, 10, 10)
    assert Item.objects.get(state="removed").number == 1


def test_a_seed_chooses_the_same_and_its_chance_is_kept(queue: Queue, by: User) -> None:
    other = QueueFactory(workspace=queue.workspace)
    for one in (queue, other):
        fill(one, by, sample=4)
    chosen = [set(Item.objects.filter(queue=one).values_list("trace_uuid", flat=True)) for one in (queue, other)]
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 4
    assert set(Item.objects.values_list("probability", flat=True)) == {Decimal("0.4")}
    kept = Item.objects.all()[0].reason
    assert (kept["why"], kept["filter"]) == (["4 of 10 by chance"], "latency > 2s")
    fill(other, by, sample=20, seed=UUID(int=8))
    assert other.items.count() == 10
    later = other.items.order_by("number").last()
    assert later is not None
    assert "why" not in later.reason  # all of them, which is no chance


def test_undoing_takes_out_exactly_what_nobody_has_begun(
    queue: Queue, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 3)
    monkeypatch.setattr(unfilling, "BATCH", 2)
    fill(queue, by, sample=2)
    kept = set(Item.objects.values_list("pk", flat=True))
    gone = Item.objects.order_by("number")[0]
    items.remove(item=gone, by=by)
    job = fill(queue, by, is_restoring=True)
    assert job.result == {"added": 8, "restored": 1, "present": 1, "removed": 0, "over": 0}
    reviewed, held = Item.objects.exclude(pk__in=kept).order_by("number")[:2]
    ReviewFactory(item=reviewed)
    ReservationFactory(item=held)
    assert unfilling.preview(job, now=NOON) == unfilling.Preview(7, 2)
    undone = driven(unfilling.start(job=job, by=by))
    assert undone.result == {"taken_out": 7, "stayed": 2}
    assert set(Item.objects.values_list("pk", flat=True)) == kept | {reviewed.pk, held.pk}
    gone.refresh_from_db()
    assert gone.state == Item.State.REMOVED
    job.refresh_from_db()
    with pytest.raises(unfilling.UnfillRefusedError, match="undone already"):
        unfilling.start(job=job, by=by)


def test_what_does_not_fit_is_counted_before_and_after(queue: Queue, by: User) -> None:
    Queue.objects.update(most_items=4)
    queue.refresh_from_db()
    fill(queue, by, sample=1)
    plan = filling.plan(queue=queue, filter_text="latency > 2s", by=by, now=NOON)
    shown = filling.preview(plan, queue=queue)
    assert (shown.new_count, shown.room, shown.fitting_count, shown.over_count) == (9, 3, 3, 6)
    job = driven(filling.start(plan, queue=queue, by=by))
    assert job.result == {"added": 3, "restored": 0, "present": 1, "removed": 0, "over": 6}


def test_what_was_removed_takes_up_room_too_when_it_is_put_back(queue: Queue, by: User) -> None:
    fill(queue, by, sample=4)
    items.remove_all(queue=queue, items=Item.objects.filter(number__lte=3), by=by)
    plan = filling.plan(queue=queue, filter_text="latency > 2s", is_restoring=True, by=by, now=NOON)
    for most, over, can_start in ((1, 9, False), (5, 5, True), (10, 0, True)):
        Queue.objects.update(most_items=most)
        queue.refresh_from_db()
        shown = filling.preview(plan, queue=queue)
        assert (shown.coming_count, shown.over_count, shown.fitting_count) == (9, over, 9 - over)
        assert (shown.is_short, shown.may_start) == (over > 0, can_start)
    Queue.objects.update(most_items=5)
    job = driven(filling.start(plan, queue=queue, by=by))
    assert (job.result["added"] + job.result["restored"], job.result["over"]) == (4, 5)


def test_a_closed_queue_is_not_filled(queue: Queue, by: User) -> None:
    Queue.objects.update(status="archived")
    queue.refresh_from_db()
    with pytest.raises(items.QueueClosedError, match="takes no items"):
        fill(queue, by)


def test_a_filter_that_takes_too_long_ends_the_job_and_says_so(
    project: Project, queue: Queue, by: User, settings: object
) -> None:
    settings.FILTER_TIMEOUT_MILLISECONDS = 50  # type: ignore[attr-defined]  # the fixture is untyped
    TraceFactory(project=project, output="x" * 3000 + "y" + "x" * 2999)
    plan = filling.plan(queue=queue, filter_text=rf"output matches {SLOW}", by=by, now=NOON)
    job = filling.start(plan, queue=queue, by=by)
    jobs.drive(job_id=job.pk, kinds=KINDS)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert "This filter takes longer than 0.2 s on these traces." in job.failure


def test_a_plan_that_says_more_than_a_worker_knows_adds_nothing(queue: Queue, by: User) -> None:
    plan = filling.plan(queue=queue, filter_text="", by=by, now=NOON)
    job = filling.start(plan, queue=queue, by=by)
    Job.objects.update(plan={**job.plan, "of": "what comes with another version"})
    jobs.drive(job_id=job.pk, kinds=KINDS)
    job.refresh_from_db()
    assert (job.status, Item.objects.count()) == (Job.Status.FAILED, 0)
    assert job.failure == (
        "UnknownPlanError: A newer version asked for this than the worker that took it: update the workers, then fill again."
    )


@pytest.mark.parametrize(("kind", "sample", "count"), [("trace", None, 1), ("run", None, 1), ("trace", 1, 2)])
def test_what_matches_is_counted_once_where_all_of_it_goes_in(
    project: Project, queue: Queue, by: User, kind: Literal["trace", "run"], sample: int | None, count: int
) -> None:
    RunFactory(trace=Trace.objects.latest("pk"), type="tool")
    plan = filling.plan(queue=queue, filter_text="run(type: tool)", kind=kind, sample=sample, by=by, now=NOON)
    job = filling.start(plan, queue=queue, by=by)
    with CaptureQueriesContext(connection) as seen:
        assert driven(job).total_count == 1
    table = plan.thing.model._meta.db_table
    counts = [
        query for query in seen if query["sql"].startswith("SELECT COUNT(*)") and f'FROM "{table}"' in query["sql"]
    ]
    assert len(counts) == count


def test_filled_by_what_a_step_did_each_item_names_its_step(project: Project, queue: Queue, by: User) -> None:
    trace, other = Trace.objects.order_by("id")[:2]
    step, _ = RunFactory(trace=trace, type="tool", status="error"), RunFactory(trace=other, type="tool")
    plan = filling.plan(queue=queue, filter_text="run(status: error) or latency > 2s", by=by, now=NOON)
    driven(filling.start(plan, queue=queue, by=by))
    runs = {item.trace_uuid: reasons.read(item.reason).run for item in Item.objects.filter(queue=queue)}
    assert (len(runs), runs[trace.uuid], runs[other.uuid]) == (10, step.uuid, None)
