"""Undo and submit after something has changed meanwhile: a clear page, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from annotation.domain.queues import items
from annotation.domain.reviews import correct
from annotation.models import Draft, Queue, Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true"}


def close(_line: Line, _people: People) -> None:
    Queue.objects.update(status="completed")


def remove(line: Line, people: People) -> None:
    items.remove(item=line.items[0], by=people.admin)


def accept(_line: Line, people: People) -> None:
    correct.accept(review=Review.objects.get(), by=people.editor, now=timezone.now())


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (close, "The queue “Refund promises” is completed;"),
        (remove, "Item 1 was removed from the queue;"),
        (accept, "The correction has been accepted, so the review stays;"),
    ],
)
def test_an_undo_that_comes_too_late_says_why_and_changes_nothing(
    people: People, make_line: MakeLine, meanwhile: Callable[[Line, People], None], why: str
) -> None:
    line, client = make_line(2), people.client(people.reviewer)
    client.get(line.start)
    given = line.form(1, correction="No.", **{"answer-thumbs": "down"})
    client.post(line.page(1, "submit"), given, headers=HTMX)
    meanwhile(line, people)

    told = client.post(line.start + "undo/", line.form(2, note="on two"), headers=HTMX)
    plain = client.post(line.start + "undo/", line.form(2, note="on two"), follow=True)

    assert json.loads(told["HX-Trigger"])["toast"]["value"].startswith(f"Nothing was taken back. {why}")
    assert f"Nothing was taken back. {why}" in plain.content.decode()
    assert Review.objects.get().answers == {"thumbs": "down"}
    assert Draft.objects.get().content["note"] == "on two"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_submission_to_a_closed_queue_says_so_and_is_kept(
    people: People, make_line: MakeLine, headers: dict[str, str]
) -> None:
    line, client = make_line(1), people.client(people.reviewer)
    client.get(line.start)
    close(line, people)

    answer = client.post(line.page(1, "submit"), line.form(1, note="mine", **{"answer-thumbs": "up"}), headers=headers)

    assert answer.status_code == (200 if headers else 409)
    page = answer.content.decode()
    assert "This queue gives out nothing now" in page
    assert "is completed; there is nothing more to review in it." in page
    assert "What you typed is kept as your draft" in page
    assert (Review.objects.count(), Draft.objects.get().content["note"]) == (0, "mine")
    assert "What you typed" not in client.get(line.page(1)).content.decode()
