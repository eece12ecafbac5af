"""Those who store runs and those who judge them, at the same moment on the same trace."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from annotation.domain.feedback import amending, giving, joining
from annotation.domain.feedback.targets import Target
from annotation.domain.feedback.validation import Content
from annotation.domain.ingest import tables
from annotation.domain.queues import lifecycle, rubric_versions
from annotation.domain.reviews import undo
from annotation.models import Feedback, Item, Queue, Review
from tests.domain.reviews.conftest import BAD, NOON, Bench

LATER = NOON + timedelta(minutes=1)


def meanwhile(act: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    """`act` in a thread and a connection of its own, begun and waiting for a lock."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as problem:  # noqa: BLE001 -- told to the test
            problems.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 20
    while time.monotonic() < until and thread.is_alive() and not somebody_waits():
        time.sleep(0.02)
    return thread, problems


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


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
