"""Items given to named people from the page of a queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.domain.queues import assignment
from annotation.models import Assignment, Reservation, Skip
from tests.fixtures.people import People
from tests.web.queues.conftest import Desk
from tests.web.queues.test_lists import words

pytestmark = pytest.mark.django_db


def test_open_items_are_shared_out_and_taken_back(people: People, desk: Desk) -> None:
    client = people.client(people.editor)
    given = {"person": [str(people.reviewer.uuid), str(people.admin.uuid)]}
    told = client.post(f"{desk.page}share/", given, follow=True)
    page = words(told.content)
    assert "Assigned 1 to admin, 1 to reviewer." in page
    assert "open for reviewer" in page, "its one seat is kept for them"
    assert set(Assignment.objects.values_list("item__number", "reviewer__name")) == {(2, "admin"), (3, "reviewer")}

    named = {"person": str(people.editor.uuid), "items": "2, 3-9", "again": "on"}
    assert "Assigned 2 to editor." in words(client.post(f"{desk.page}share/", named, follow=True).content)
    back = client.post(f"{desk.page}take-back/", {"items": "3"}, follow=True)
    assert "Taken back: 1 item;" in words(back.content)
    assert list(Assignment.objects.values_list("item__number", flat=True)) == [2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Name at least one person."),
        ({"items": "2;3"}, "“2;3” is no item number; write for example 3, 7, 12-20."),
        ({"items": "9999999999"}, "is no item number"),
    ],
)
def test_what_cannot_be_shared_says_why(people: People, desk: Desk, given: dict[str, str], said: str) -> None:
    marked = {"person": str(people.reviewer.uuid)} if given else {}
    told = people.client(people.editor).post(f"{desk.page}share/", {**marked, **given}, follow=True)
    assert said in words(told.content)
    assert not Assignment.objects.exists()


def test_an_admin_takes_an_item_from_a_screen(people: People, desk: Desk) -> None:
    assignment.claim_item(item=desk.items[1], by=people.reviewer, now=timezone.now())
    client = people.client(people.admin)
    assert "Take over" in words(client.get(desk.page).content)
    assert "Take over" not in words(people.client(people.editor).get(desk.page).content)
    took = client.post(f"/w/acme/queues/items/{desk.items[1].uuid}/take-over/")
    assert took["location"] == f"{desk.page}items/2/"
    assert Reservation.objects.get().reviewer == people.admin
    refused = client.post(f"/w/acme/queues/items/{desk.items[0].uuid}/take-over/", follow=True)
    assert "has all the reviews it needs" in words(refused.content)


def test_editors_read_why_items_were_skipped(people: People, desk: Desk) -> None:
    Skip.objects.create(item=desk.items[2], reviewer=people.reviewer, reason="<b>too long</b>")
    assert "Skipped by reviewer: &lt;b&gt;too long&lt;/b&gt;" in words(
        people.client(people.editor).get(desk.page).content
    )
    assert "Skipped by" not in words(people.client(people.viewer).get(desk.page).content)


def test_a_queue_that_is_overdue_says_so_until_it_is_over(people: People, desk: Desk) -> None:
    desk.queue.due_on = timezone.localdate() - timedelta(days=1)
    desk.queue.save()
    client = people.client(people.reviewer)
    for place in ("/w/acme/queues/", desk.page):
        assert "overdue since" in words(client.get(place).content)
    desk.queue.status = "completed"
    desk.queue.save()
    page = words(client.get(desk.page).content)
    assert "overdue" not in page
    assert "due " in page
