"""A queue archived, an item removed, a reviewer named no more while somebody sits before it: said plainly, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from annotation.domain.queues import items, lifecycle
from annotation.models import Draft, Item, Queue, Review, Skip
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true", "HX-Target": "review-page"}
JSON = {"Accept": "application/json"}


def archive(line: Line, people: People) -> None:
    lifecycle.set_status(queue=line.queue, status="archived", by=people.admin)


def remove(line: Line, people: People) -> None:
    items.remove(item=line.items[0], by=people.admin)


def unname(_line: Line, people: People) -> None:
    queue = Queue.objects.get()
    queue.is_open_to_all = False
    queue.save()
    queue.reviewers.set([people.admin])
    Draft.objects.create(item=Item.objects.get(number=1), reviewer=people.reviewer)


MEANWHILE = pytest.mark.parametrize(
    ("meanwhile", "title", "why"),
    [
        (archive, "This queue gives out nothing now", "is archived; there is nothing more to review in it."),
        (remove, "This item is settled", "Item 1 was removed from the queue; take the next one."),
        (unname, "This queue is not open to you", "is not open to you; an admin can add you to its reviewers."),
    ],
)


@MEANWHILE
@pytest.mark.parametrize("act", ["submit", "skip", "flag"])
def test_what_was_sent_is_kept_and_the_page_says_what_happened(
    people: People, make_line: MakeLine, meanwhile: Callable[[Line, People], None], title: str, why: str, act: str
) -> None:
    line, client = make_line(2), people.client(people.reviewer)
    client.get(line.start)
    meanwhile(line, people)
    given = line.form(1, note="mine", **{"answer-thumbs": "up"})
    swapped, plain = (client.post(line.page(1, act), given, headers=headers) for headers in (HTMX, {}))
    assert (swapped.status_code, plain.status_code) == (200, 409)
    for answer in (swapped, plain):
        page = words(answer.content)
        assert title in page
        assert why in page
        assert "What you typed is kept as your draft" in page
    assert Draft.objects.get().content["note"] == "mine"
    assert (Review.objects.count(), Skip.objects.count(), Item.objects.filter(flagged_at=None).count()) == (0, 0, 2)


@MEANWHILE
def test_drafts_go_on_being_kept_and_the_heartbeat_says_why_the_item_is_lost(
    people: People, make_line: MakeLine, meanwhile: Callable[[Line, People], None], title: str, why: str
) -> None:
    line, client = make_line(2), people.client(people.reviewer)
    client.get(line.start)
    meanwhile(line, people)
    kept = client.post(line.page(1, "draft"), line.form(1, note="still typing"), headers=JSON).json()
    assert (kept["saved"], Draft.objects.get().content["note"]) == (True, "still typing")
    lost = client.post(line.page(1, "heartbeat"), {"item": 1}, headers=JSON).json()["lost"]
    assert lost.endswith(why)
    assert title in words(client.get(line.page(1)).content)


def test_a_draft_comes_back_with_its_queue(people: People, make_line: MakeLine) -> None:
    line, client = make_line(1), people.client(people.reviewer)
    client.get(line.start)
    archive(line, people)
    client.post(line.page(1, "submit"), line.form(1, note="mine", **{"answer-thumbs": "up"}), headers=HTMX)
    for status in ("paused", "active"):
        lifecycle.set_status(queue=Queue.objects.get(), status=status, by=people.admin)
    assert "mine" in client.get(line.page(1)).content.decode()


def test_a_row_of_the_table_leads_to_a_page_that_says_so(people: People, make_line: MakeLine) -> None:
    line, client = make_line(2), people.client(people.reviewer)
    table = f"/w/acme/queues/{line.queue.uuid}/table/"
    client.get(table)
    archive(line, people)
    row = {"HX-Request": "true", "HX-Target": "row-1"}
    sent = client.post(f"{table}1/submit/", line.form(1, note="mine", **{"answer-thumbs": "up"}), headers=row)
    assert (sent.status_code, sent["HX-Redirect"]) == (204, table)
    assert Draft.objects.get().content["note"] == "mine"
    page = client.get(table)
    assert page.status_code == 409
    assert "This queue gives out nothing now" in words(page.content)
    beat = client.post(f"{table}heartbeat/", {"item": [1, 2]}, headers=JSON).json()
    assert beat["lost"] == "The queue “Refund promises” is archived; there is nothing more to review in it."


def test_a_queue_that_was_never_theirs_stays_unknown(people: People, make_line: MakeLine) -> None:
    line = make_line(1, is_open_to_all=False)
    line.queue.reviewers.set([people.editor])
    archive(line, people)
    for person in (people.reviewer, people.outsider):
        client = people.client(person)
        assert client.get(line.start).status_code == 404
        assert client.post(line.page(1, "submit"), line.form(1)).status_code == 404
    assert Draft.objects.count() == 0
    assert people.client(people.reviewer).get(line.page(7)).status_code == 404


def test_nothing_of_a_withdrawn_queue_is_shown_but_its_name(people: People, make_line: MakeLine) -> None:
    line, client = make_line(3), people.client(people.reviewer)
    client.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}))
    archive(line, people)
    page = words(client.get(line.start).content)
    assert "Refund promises" in page
    assert "1 of 3" not in page
    assert "Undo" not in page
