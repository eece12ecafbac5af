"""Where somebody goes on when a queue has nothing for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.queues import assignment, elsewhere
from annotation.models import Item, Queue
from tests.factories.queues import ItemFactory, QueueFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]


def queue(people: People, name: str, **fields: object) -> Queue:
    made: Queue = QueueFactory(workspace=people.workspace, name=name, **fields)
    ItemFactory(queue=made, number=1)
    return made


def test_the_end_of_a_queue_leads_to_those_where_something_waits(people: People, make_line: MakeLine) -> None:
    line, now = make_line(0), timezone.now()
    queue(people, "Later")
    urgent = queue(people, "Due", due_on=date(2026, 3, 9))
    queue(people, "Paused", status="paused")
    closed = queue(people, "Of others", is_open_to_all=False)
    closed.reviewers.set([people.admin])
    flagged = queue(people, "Flagged")
    Item.objects.filter(queue=flagged).update(flagged_at=now, flagged_by=people.editor)
    held = queue(people, "Held")
    assignment.claim_next(queue=held, by=people.editor, now=now)
    queue(people, "Empty").items.all().delete()

    page = people.client(people.reviewer).get(line.start)
    assert [one.name for one in page.context["elsewhere"]] == ["Due", "Later"]
    assert "Go on in “Due” Or in “Later”" in words(page.content)
    assert f'href="/w/acme/queues/{urgent.uuid}/review/"' in page.content.decode()
    assert [one.name for one in people.client(people.admin).get(line.start).context["elsewhere"]] == [
        "Due", "Later", "Of others",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_two_statements_for_one_queue_and_three(
    people: People, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        queue(people, f"Queue {number}")
    with django_assert_num_queries(2):
        assert len(elsewhere.with_work(Queue.objects.all(), people.reviewer, timezone.now())) == count


def test_what_others_hold_may_come_back_and_the_page_says_when(people: People, make_line: MakeLine) -> None:
    line, client = make_line(1, reservation_minutes=30), people.client(people.reviewer)
    people.client(people.editor).get(line.start)
    page = words(client.get(line.start).content)
    assert "1 with other people" in page
    assert "the first item comes back in 29" in page
    assert "Look again" in page
    assignment.release(item=line.items[0], by=people.editor)
    assert client.get(line.start).status_code == 302
