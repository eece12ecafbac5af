"""Going through a list of items: next, previous and what comes after a submission stay within it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from annotation.domain.queues import assignment
from annotation.models import Review
from tests.factories.queues import ItemFactory, QueueFactory
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line, booking_trace

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]


def skipped(people: People, line: Line, *numbers: int) -> None:
    for number in numbers:
        assignment.skip(item=line.items[number - 1], by=people.reviewer, now=timezone.now())


def test_next_and_previous_do_not_leave_the_list_that_was_chosen(people: People, make_line: MakeLine) -> None:
    line = make_line(5)
    skipped(people, line, 1, 3, 5)
    client = people.client(people.reviewer)
    page = client.get(f"{line.page(3)}?state=skipped_by_me").content.decode()
    assert f'href="{line.page(5)}?state=skipped_by_me"' in page
    assert f'href="{line.page(1)}?state=skipped_by_me"' in page
    for other in (2, 4):
        assert f"{line.page(other)}?state" not in page
    first = client.get(f"{line.page(5)}?state=skipped_by_me").content.decode()
    assert "Item before" not in first
    assert "state=" not in client.get(line.page(2)).content.decode()
    unknown = client.get(f"{line.page(2)}?state=lost").content.decode()
    assert "Back to the list" not in unknown


def test_a_submission_goes_on_in_the_list_and_ends_with_it(people: People, make_line: MakeLine) -> None:
    line = make_line(4)
    skipped(people, line, 2, 4)
    client = people.client(people.reviewer)
    given = line.form(4, **{"answer-thumbs": "up", "state": "skipped_by_me"})
    on = client.post(line.page(4, "submit"), given)
    assert on["Location"] == f"{line.page(2)}?state=skipped_by_me"
    last = line.form(2, **{"answer-thumbs": "up", "state": "skipped_by_me"})
    end = client.post(line.page(2, "submit"), last, headers={"hx-request": "true"})
    assert end["HX-Redirect"] == f"/w/acme/queues/{line.queue.uuid}/?state=skipped_by_me"
    listed = words(client.get(end["HX-Redirect"]).content)
    assert "Item 2 submitted. That was the last one of this list." in listed
    assert "You skipped nothing" in listed
    assert sorted(Review.objects.values_list("item__number", flat=True)) == [2, 4]


def test_in_place_the_next_of_the_list_comes_with_its_address(people: People, make_line: MakeLine) -> None:
    line = make_line(3)
    skipped(people, line, 1, 3)
    given = line.form(3, **{"answer-thumbs": "up", "state": "skipped_by_me"})
    swapped = people.client(people.reviewer).post(line.page(3, "submit"), given, headers={"hx-request": "true"})
    assert swapped["HX-Push-Url"] == f"{line.page(1)}?state=skipped_by_me"
    assert 'name="state" value="skipped_by_me"' in swapped.content.decode()
    assert "Item 3 submitted." in words(swapped.content)


def test_an_item_that_somebody_has_is_passed_by_hand(people: People, make_line: MakeLine) -> None:
    line = make_line(3)
    assignment.claim_item(item=line.items[1], by=people.editor, now=timezone.now())
    page = people.client(people.reviewer).get(f"{line.page(2)}?state=needs_my_review")
    assert page.status_code == 409
    assert f'href="{line.page(1)}?state=needs_my_review"' in page.content.decode()


def test_items_of_another_queue_are_not_walked_into(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    queue = QueueFactory(workspace=people.workspace, name="Another")
    ItemFactory(queue=queue, number=1, trace=booking_trace(people, 9))
    page = people.client(people.reviewer).get(f"/w/acme/queues/{queue.uuid}/items/1/?state=all").content.decode()
    assert f"queues/{line.queue.uuid}/items" not in page
    assert "Item before" not in page
