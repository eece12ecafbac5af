"""Who gets which item, and what the page says where there is none for somebody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.domain.queues import assignment
from annotation.models import Queue
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]


def test_two_people_get_two_items(people: People, make_line: MakeLine) -> None:
    line = make_line(2)

    first = people.client(people.reviewer).get(line.start)["Location"]
    second = people.client(people.editor).get(line.start)["Location"]

    assert {first, second} == {line.page(1), line.page(2)}


def test_the_page_does_not_open_an_item_that_somebody_else_has(people: People, make_line: MakeLine) -> None:
    line = make_line(2)
    people.client(people.editor).get(line.page(1))

    answer = people.client(people.reviewer).get(line.page(1))

    assert answer.status_code == 409
    assert "Somebody else has this item" in answer.content.decode()
    assert line.start in answer.content.decode()
    assert "Take over item" not in answer.content.decode()
    admin = people.client(people.admin)
    refused = admin.get(line.page(1)).content.decode()
    assert 'aria-label="Take over item 1"' in refused
    assert f'action="/w/acme/queues/items/{line.items[0].uuid}/take-over/"' in refused
    assert admin.post(f"/w/acme/queues/items/{line.items[0].uuid}/take-over/")["Location"] == line.page(1)


def test_an_admin_who_does_not_review_in_the_queue_is_offered_nothing_to_take_over(
    people: People, make_line: MakeLine
) -> None:
    line = make_line(1, is_open_to_all=False)
    line.queue.reviewers.add(people.reviewer)
    people.client(people.reviewer).get(line.page(1))

    page = people.client(people.admin).get(line.page(1)).content.decode()

    assert "This queue is not open to you" in page
    assert "Take over item" not in page


def test_says_that_all_is_done_or_with_others(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    people.client(people.editor).get(line.start)

    page = people.client(people.reviewer).get(line.start)

    assert page.status_code == 200
    assert "All done here" in page.content.decode()
    assert "1 with other people" in page.content.decode()


def test_says_that_the_queue_is_paused(people: People, make_line: MakeLine) -> None:
    line = make_line(1, status=Queue.Status.PAUSED)

    page = people.client(people.reviewer).get(line.start)

    assert page.status_code == 409
    assert "is paused" in page.content.decode()


def test_a_queue_that_is_not_open_to_a_reviewer_does_not_exist_for_them(people: People, make_line: MakeLine) -> None:
    line = make_line(1, is_open_to_all=False)

    assert people.client(people.reviewer).get(line.start).status_code == 404
    assert people.client(people.reviewer).get(line.page(1)).status_code == 404
    assert people.client(people.outsider).get(line.page(1)).status_code == 404
    assert people.client(people.viewer).get(line.page(1)).status_code == 403


def test_the_reservation_of_an_open_page_lapses_for_the_next(people: People, make_line: MakeLine) -> None:
    line = make_line(1)
    long_ago = timezone.now() - timedelta(hours=2)
    assignment.claim_item(item=line.items[0], by=people.editor, now=long_ago)

    answer = people.client(people.reviewer).get(line.start)

    assert answer["Location"] == line.page(1)


def test_a_queue_that_nothing_was_added_to_does_not_say_that_all_is_done(people: People, make_line: MakeLine) -> None:
    line = make_line(0)
    page = words(people.client(people.reviewer).get(line.start).content)
    assert "Nothing stands in this queue yet What is added to “Refund promises” can be reviewed here." in page
    assert "All done" not in page
    assert "Choose traces" not in page
    assert "Choose traces" in words(people.client(people.editor).get(line.start).content)
    listed = f"/w/acme/queues/{line.queue.uuid}/?state=needs_my_review"
    assert "What is added to it and waits for you stands here." in words(
        people.client(people.reviewer).get(listed).content
    )
