"""How much of the database a claim reads: a few rows, however many items wait and however many reviews the person has given."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.queues import assignment, table
from annotation.domain.reviews import opening
from annotation.models import Item, Queue, Review, RubricVersion, User
from tests.domain.queues.test_assignment import reviewer
from tests.factories.queues import QueueFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_READ = "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname LIKE 'annotation_%%'"


def _grown(queue: Queue, person: User) -> None:
    """1,200 open items, and 300 that the person has reviewed; PostgreSQL has not counted them.

    What other tests had it plan for hardly any rows is planned anew.
    """
    Item.objects.bulk_create(_item(queue, number, is_done=number <= 300) for number in range(1, 1501))
    asked = RubricVersion.objects.create(queue=queue, number=1)
    done = Item.objects.filter(queue=queue, state=Item.State.DONE)
    Review.objects.bulk_create(Review(item=item, reviewer=person, rubric=asked) for item in done)
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def _item(queue: Queue, number: int, *, is_done: bool) -> Item:
    state = Item.State.DONE if is_done else Item.State.OPEN
    subject = {"kind": Item.Kind.TRACE, "trace_uuid": uuid4(), "subject": f"trace {number}"}
    return Item(queue=queue, workspace=queue.workspace, number=number, state=state, review_count=is_done, **subject)


def _rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        ((count,),) = cursor.fetchall()
    return int(count)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [Queue.Order.PRIORITY, Queue.Order.OLDEST, Queue.Order.NEWEST])
def test_a_claim_reads_a_few_rows_of_a_queue_that_was_just_filled(order: str) -> None:
    queue = QueueFactory(order=order)
    person = reviewer(queue)
    _grown(queue, person)
    before = _rows_read()

    assignment.claim_next(queue=queue, by=person, now=NOON)

    assert _rows_read() - before < 60


@pytest.mark.django_db
def test_a_page_of_the_table_reads_a_few_rows_for_each_of_its_own() -> None:
    queue = QueueFactory()
    person = reviewer(queue)
    _grown(queue, person)
    with (
        connection.cursor() as cursor
    ):  # else PostgreSQL may have counted while the tables were empty between two tests
        cursor.execute("ANALYZE annotation_item, annotation_review, annotation_reservation")
    before = _rows_read()

    claims = table.claim_page(queue=queue, by=person, now=NOON)

    assert len(claims) == 20
    assert (_rows_read() - before) / 20 < 60


@pytest.mark.django_db
def test_the_head_of_the_review_page_counts_what_it_says_and_not_what_is_left_for_the_person() -> None:
    queue = QueueFactory()
    person = reviewer(queue)
    _grown(queue, person)
    with CaptureQueriesContext(connection) as asked:
        shown = opening.progress(queue, person)
    assert (shown.counts.done, shown.counts.total, shown.counts.percent, shown.own_count) == (300, 1500, 20, 300)
    assert not any("annotation_reservation" in query["sql"] for query in asked)
