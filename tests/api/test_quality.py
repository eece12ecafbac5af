"""Agreement, progress and all reviews of a queue over the REST interface."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.models import User
from tests.fixtures.opinions import SAID, reviewed
from tests.fixtures.people import People

pytestmark = pytest.mark.django_db


def test_each_question_comes_with_its_figures_and_the_items_that_differ(people: People, other: User) -> None:
    queue, _added = reviewed(people, other, SAID)
    answer = people.client(people.viewer).get(f"/api/v1/queues/{queue.uuid}/agreement").json()
    thumbs, labels = answer[0], answer[1]
    figures = ("key", "scale", "items", "disagreed", "disagreed_items", "reviewers", "raw", "reliance")
    assert [thumbs[name] for name in figures] == ["thumbs", "nominal", 4, 1, [2], 2, 0.75, ""]
    assert thumbs["kappa"]["value"] == 0.5
    assert thumbs["alpha"]["value"] == pytest.approx(1 - 7 * 2 / 30)
    assert {"value": "up", "label": "Good", "count": 5, "share": 0.625} in thumbs["balance"]
    assert (labels["alpha"]["value"], labels["balance"][0]["value"]) == (None, [])


def test_progress_tells_what_is_left_and_who_did_how_much(people: People, other: User) -> None:
    queue, _added = reviewed(people, other, SAID)
    answer = people.client(people.viewer).get(f"/api/v1/queues/{queue.uuid}/progress").json()
    assert (answer["reviews_left"], answer["forecast"], answer["days"][-1]["count"]) == (0, None, 8)
    assert {one["reviewer"]: one["review_count"] for one in answer["reviewers"]} == {
        people.reviewer.email: 4,
        other.email: 4,
    }


def test_reviews_are_streamed_in_the_format_that_is_asked_for(people: People, other: User) -> None:
    queue, added = reviewed(people, other, SAID)
    client, address = people.client(people.viewer), f"/api/v1/queues/{queue.uuid}/reviews"
    lines = [json.loads(line) for line in b"".join(_pieces(client.get(address))).splitlines()]
    assert len(lines) == 8
    assert [line["answers"]["thumbs"] for line in lines if line["item_id"] == str(added[1].uuid)] == ["up", "down"]
    csv = client.get(f"{address}?format=csv")
    assert csv["Content-Disposition"] == 'attachment; filename="twice-reviews.csv"'
    assert len(b"".join(_pieces(csv)).splitlines()) == 5
    assert client.get(f"{address}?format=xml").json()["error"]["fields"] == {
        "format": ["'xml' is not one of jsonl, csv."]
    }


@pytest.mark.parametrize("count", [1, 3])
def test_agreement_takes_the_same_statements_for_one_item_and_three(
    people: People,
    other: User,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    queue, _added = reviewed(people, other, [("up", "down")] * count)
    client = people.client(people.viewer)
    with django_assert_num_queries(9):
        client.get(f"/api/v1/queues/{queue.uuid}/agreement")


def _pieces(answer: Any) -> list[bytes]:
    return list(answer.streaming_content)
