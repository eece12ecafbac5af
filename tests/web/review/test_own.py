"""What somebody sees of their own reviews: the latest to take back, all to edit, each with its history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.models import Draft, Review
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]


def submitted(people: People, line: Line, *numbers: int, **given: object) -> None:
    client = people.client(people.reviewer)
    for number in numbers:
        client.get(line.page(number))
        sent = line.form(number, **{"answer-thumbs": "down", **given})
        assert client.post(line.page(number, "submit"), sent).status_code == 302


def test_an_older_submission_is_taken_back_from_the_list(people: People, make_line: MakeLine) -> None:
    line = make_line(4)
    submitted(people, line, 1, 2, 3)
    client = people.client(people.reviewer)

    shown = client.get(f"{line.start}recent/").content.decode()
    assert [n for n in (3, 2, 1) if f"Item {n}<" in shown] == [3, 2, 1]
    assert shown.index("Item 3<") < shown.index("Item 1<")
    assert all(f"Item {number} Bad" in words(shown.encode()) for number in (1, 2, 3)), "nobody remembers numbers"
    told = client.post(f"{line.start}undo/", {"undo": "1"})

    assert told["location"] == line.page(1)
    assert set(Review.objects.values_list("item__number", flat=True)) == {2, 3}
    assert Draft.objects.get().content["answers"] == {"thumbs": "down"}
    again = client.post(f"{line.start}undo/", {"undo": "1"}, headers={"hx-request": "true"})
    assert "no such submission" in again["hx-trigger"]
    for wrong in ("0", "abc", "9" * 30):
        client.post(f"{line.start}undo/", {"undo": wrong}, headers={"hx-request": "true"})
    assert Review.objects.count() == 2


def test_own_reviews_are_found_by_number_and_show_what_they_said_before(people: People, make_line: MakeLine) -> None:
    line = make_line(3)
    submitted(people, line, 1, 2, 3, note="first thought")
    submitted(people, line, 2, seen=1, note="second thought")
    client = people.client(people.reviewer)

    one = client.get(f"{line.start}own/?item=2").content.decode()
    assert "second thought" in one
    assert f'href="{line.page(1)}"' not in one
    assert "No such review" in client.get(f"{line.start}own/?item=x").content.decode()
    review = Review.objects.get(item__number=2)
    history = f"/w/acme/queues/reviews/{review.uuid}/history/"
    said = client.get(history).content.decode()
    assert said.index("second thought") < said.index("first thought")
    assert "first thought" in people.client(people.editor).get(history).content.decode()
    assert people.client(people.editor).get(f"{line.start}own/").content.decode().count("first thought") == 0


def test_the_list_asks_as_much_for_three_rows_as_for_one(people: People, make_line: MakeLine) -> None:
    line = make_line(3)
    client = people.client(people.reviewer)
    counts = []
    for numbers in ((1,), (2, 3)):
        submitted(people, line, *numbers)
        for place in ("own", "recent"):
            with CaptureQueriesContext(connection) as asked:
                client.get(f"{line.start}{place}/")
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
