"""Those who store runs and those who judge them, at the same moment on the same trace."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from annotation.domain.feedback import amending, giving, joining
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.domain.ingest import tables
from annotation.domain.queues import items, lifecycle, rubric_versions
from annotation.domain.reviews import undo
from annotation.models import Feedback, Item, Queue, Review
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.fixtures.meanwhile import meanwhile

LATER = NOON + timedelta(minutes=1)


def thumb(bench: Bench, *, score: float) -> Feedback:
    given = giving.Given(
        Target(run_id=bench.tool.uuid, trace_id=bench.trace.uuid), Content("thumbs", score), "user", client_id="one"
    )
    return giving.give(workspace=bench.queue.workspace, given=given, now=NOON)


ACTS: dict[str, Callable[[Bench], object]] = {
    "edit": lambda bench: bench.submit(bench.one, **BAD, first_failing_run_uuid=bench.tool.uuid, note="Mind changed."),
    "undo": lambda bench: undo.undo(review=Review.objects.get(), by=bench.one, now=LATER),
    "again": lambda bench: thumb(bench, score=0.0),
    "take back": lambda bench: amending.take_back(feedback=bench.trace.workspace.feedback.get(source="user")),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
def test_a_run_that_comes_again_and_its_judge_do_not_block_each_other(
    make_bench: Callable[..., Bench], act: str
) -> None:
    bench = make_bench()
    bench.submit(bench.one, **BAD, first_failing_run_uuid=bench.tool.uuid)
    thumb(bench, score=1.0)
    workspace_id, trace = bench.queue.workspace_id, bench.trace
    arrived = joining.Located(bench.tool.uuid, trace.uuid, bench.tool.external_id)
    with transaction.atomic():
        tables.lock_traces(workspace_id, [trace.uuid])
        judge, problems = meanwhile(lambda: ACTS[act](bench))
        joining.join(workspace_id=workspace_id, traces={trace.uuid: trace.pk}, runs=[arrived])
    judge.join(30)
    assert problems == []


def ask_for_two(bench: Bench) -> None:
    queue = Queue.objects.get(pk=bench.queue.pk)
    wanted = replace(lifecycle.settings_of(queue), reviewers_per_item=2)
    lifecycle.edit(queue=queue, settings=wanted, rubric=rubric_versions.questions_of(queue), by=bench.editor)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_submission_first", [True, False])
def test_a_review_given_as_the_queue_asks_for_two_leaves_the_item_open(
    make_bench: Callable[..., Bench], *, is_submission_first: bool
) -> None:
    bench = make_bench()
    both: list[Callable[[], object]] = [lambda: bench.submit(bench.one, **BAD), lambda: ask_for_two(bench)]
    first, second = both if is_submission_first else both[::-1]
    with transaction.atomic():
        first()
        late, problems = meanwhile(second)
    late.join(30)
    bench.item.refresh_from_db()
    assert problems == []
    assert (bench.item.state, bench.item.review_count) == (Item.State.OPEN, 1)


@pytest.mark.django_db(transaction=True)
def test_an_item_that_is_put_back_as_the_queue_asks_for_two_is_open(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    bench.submit(bench.one, **BAD)
    items.remove(item=bench.item, by=bench.editor)
    with transaction.atomic():
        ask_for_two(bench)
        late, problems = meanwhile(lambda: items.restore(item=bench.item, by=bench.editor))
    late.join(30)
    bench.item.refresh_from_db()
    assert problems == []
    assert (bench.item.state, bench.item.review_count) == (Item.State.OPEN, 1)


@pytest.mark.django_db(transaction=True)
def test_a_flag_that_is_cleared_as_a_review_comes_takes_nothing_from_it(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    bench.claim(bench.one)
    items.flag(item=bench.item, by=bench.editor, reason="odd")
    with transaction.atomic():
        bench.submit(bench.one, **BAD)
        late, problems = meanwhile(lambda: items.unflag(item=bench.item, by=bench.editor))
    late.join(30)
    bench.item.refresh_from_db()
    assert problems == []
    assert (bench.item.state, bench.item.review_count, bench.item.flagged_at) == (Item.State.DONE, 1, None)
