"""The page that says how a queue is getting on."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from annotation.domain.queues import items, lifecycle, rubric, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.settings import QueueSettings
from annotation.domain.reviews import submit
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.quality import pace
from annotation.models import Item, Queue
from tests.factories.queues import AssignmentFactory
from tests.factories.traces import TraceFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


def make(people: People, *ages: float, per_item: int = 1) -> tuple[Queue, tuple[Item, ...]]:
    """A queue with one item of each age in days."""
    settings = QueueSettings(name="Refunds", reviewers_per_item=per_item)
    queue = lifecycle.create(workspace=people.workspace, settings=settings, rubric=rubric.default(), by=people.admin)
    added = tuple(
        items.add(
            queue=queue,
            subjects=[subjects.of_trace(TraceFactory(project=people.project).uuid)],
            reason=Reason(),
            now=NOON - timedelta(days=age),
        ).added[0]
        for age in ages
    )
    return queue, added


def review(people: People, item: Item, *, days_ago: float, active_ms: int = 0) -> None:
    given = ReviewInput(answers={"thumbs": "up"}, active_ms=active_ms)
    submit.submit(item=item, by=people.reviewer, answers=given, now=NOON - timedelta(days=days_ago))


def test_pace_counts_every_day_and_what_is_left(people: People) -> None:
    queue, added = make(people, 0.5, 2, 5, 10, 40, 41, per_item=2)
    review(people, added[4], days_ago=1, active_ms=10_000)
    review(people, added[5], days_ago=1, active_ms=30_000)
    review(people, added[3], days_ago=13.4)
    review(people, added[2], days_ago=20)
    found = pace.of_queue(queue, now=NOON)
    assert [day.count for day in found.days] == [1, *[0] * 11, 2, 0]
    assert (found.left, found.median_seconds, found.oldest_at) == (8, 20, NOON - timedelta(days=41))
    assert [age.count for age in found.ages] == [1, 1, 1, 1, 2]
    assert [(load.reviewer, load.review_count, load.median_seconds, load.assigned_count) for load in found.loads] == [
        (people.reviewer, 3, 20, 0)
    ]
    assert (found.per_day, found.forecast) == (3 / 14, None)  # of three reviews nothing is foretold


def test_a_queue_that_began_two_days_ago_is_measured_by_two_days(people: People) -> None:
    queue, added = make(people, *[3] * 8)
    for place, item in enumerate(added[:6]):
        review(people, item, days_ago=2 - place / 3)
    found = pace.of_queue(queue, now=NOON)
    assert (found.left, found.per_day) == (2, 3.0)
    assert found.forecast is not None
    assert found.forecast.on == NOON.date() + timedelta(days=1)


def test_the_page_tells_it_in_words(people: People) -> None:
    queue, added = make(people, *[1.5] * 8)
    for item in added[:6]:
        review(people, item, days_ago=1.2, active_ms=42_000)
    with time_machine.travel(NOON, tick=False):
        shown = words(people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/progress/").content)
    assert "2 reviews to give" in shown
    assert "5 a day lately" in shown
    assert "42.0 s median active time of a review" in shown
    assert "13 Mar 2026 at this pace; 13 Mar to 15 Mar 2026 with 95 %" in shown
    assert "1 to 3 days 2" in shown
    assert "Wed 11 Mar 6" in shown


def test_of_a_queue_that_has_just_begun_it_is_too_early_to_say(people: People) -> None:
    queue, added = make(people, *[1] * 8)
    for item in added[:6]:
        review(people, item, days_ago=0.5)
    with time_machine.travel(NOON, tick=False):
        shown = words(people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/progress/").content)
    assert "6 a day lately" in shown
    assert "– too early to say: a forecast takes a day and 5 reviews" in shown


def test_the_load_of_a_reviewer_tells_what_is_assigned_and_still_open(people: People) -> None:
    queue, added = make(people, *[1] * 4)
    for item, person in zip(added, (people.reviewer, people.reviewer, people.admin, people.admin), strict=True):
        AssignmentFactory(item=item, reviewer=person)
    review(people, added[0], days_ago=0)
    items.remove(item=added[3], by=people.editor)
    found = pace.of_queue(queue, now=NOON)
    assert [(load.reviewer, load.review_count, load.last_at, load.assigned_count) for load in found.loads] == [
        (people.reviewer, 1, NOON, 1),
        (people.admin, 0, None, 1),
    ]
    with time_machine.travel(NOON, tick=False):
        shown = words(people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/progress/").content)
    assert "Last Assigned reviewer 1 – just now 1 admin 0 – – 1" in shown


def test_of_a_queue_without_reviews_it_says_so(people: People) -> None:
    queue, _added = make(people, 1)
    shown = words(people.client(people.editor).get(f"/w/acme/queues/{queue.uuid}/progress/").content)
    assert "no forecast: nobody has reviewed here in the last 14 days" in shown


def test_the_table_of_reviews_opens_in_a_spreadsheet_with_its_letters_whole(people: People) -> None:
    queue, added = make(people, 1)
    review(people, added[0], days_ago=0)
    page = f"/w/acme/queues/{queue.uuid}/reviews/?format="
    table, lines = (
        b"".join(people.client(people.viewer).get(page + form).streaming_content)  # type: ignore[attr-defined]
        for form in ("csv", "jsonl")
    )
    assert table.startswith(BOM_UTF8)
    assert "item_id" in table.decode("utf-8-sig").splitlines()[0].split(",")
    assert json.loads(lines)["reviewer"] == people.reviewer.email, "no mark before what programs read"


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_the_same_statements_for_one_item_and_three(
    people: People, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    queue, added = make(people, *[1] * count)
    for item in added:
        review(people, item, days_ago=0)
    client = people.client(people.editor)
    with time_machine.travel(NOON, tick=False), django_assert_num_queries(14):
        client.get(f"/w/acme/queues/{queue.uuid}/progress/")
