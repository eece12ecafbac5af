"""The next item's trajectory is read ahead, without taking a seat, and left out where the page has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from annotation.domain.queues import assignment
from annotation.models import Item, Queue, Reservation
from tests.factories.accounts import MembershipFactory
from tests.fixtures.browser import SignIn
from tests.fixtures.people import People
from tests.web.review.conftest import Line

MakeLine = Callable[..., Line]
HTMX = {"hx-request": "true"}


@pytest.fixture
def reviewer(people: People) -> Client:
    return people.client(people.reviewer)


def submitted(client: Client, line: Line, ahead: str) -> str:
    sent = client.post(
        line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}), headers={**HTMX, "x-ahead": ahead}
    )
    return sent.content.decode()


@pytest.mark.django_db
def test_what_comes_next_is_read_without_a_seat(reviewer: Client, make_line: MakeLine, people: People) -> None:
    line = make_line(3)
    reviewer.get(line.page(1))
    page = reviewer.get(line.page(1, "ahead")).content.decode()
    assert 'data-ahead-item="2"' in page
    assert "Can I cancel booking TX-2?" in page
    assert "TX-1" not in page
    assert [held.item for held in Reservation.objects.all()] == [line.items[0]]
    other = MembershipFactory(workspace=people.workspace, role="reviewer").user
    soon = datetime.now(UTC) + timedelta(minutes=5)
    Reservation.objects.create(item=line.items[1], reviewer=other, expires_at=soon)
    assert 'data-ahead-item="3"' in reviewer.get(line.page(1, "ahead")).content.decode()


@pytest.mark.django_db
def test_nothing_is_read_where_nothing_follows(reviewer: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    assert reviewer.get(line.page(1, "ahead")).status_code == 200
    Queue.objects.filter(pk=line.queue.pk).update(status="paused")
    assert reviewer.get(line.page(1, "ahead")).status_code == 204
    Queue.objects.filter(pk=line.queue.pk).update(status="active")
    Item.objects.filter(pk=line.items[1].pk).update(state="removed")
    assert reviewer.get(line.page(1, "ahead")).status_code == 204


@pytest.mark.django_db
def test_in_a_list_what_follows_there_is_read(reviewer: Client, make_line: MakeLine, people: People) -> None:
    line, listed = make_line(5), {"state": "skipped_by_me"}
    for item in (line.items[0], line.items[2], line.items[4]):
        assignment.skip(item=item, by=people.reviewer, now=datetime.now(UTC))
    address = f"{line.page(5, 'ahead')}?state=skipped_by_me"
    assert f'data-ahead="{address}"' in reviewer.get(line.page(5), listed).content.decode()
    page = reviewer.get(address).content.decode()
    assert 'data-ahead-item="3"' in page
    assert "Can I cancel booking TX-3?" in page
    assert f"{line.page(3)}?state=skipped_by_me&amp;step=" in page
    assert [held.item for held in Reservation.objects.all()] == [line.items[4]]
    given = line.form(5, **{"answer-thumbs": "up", "state": "skipped_by_me"})
    going_on = reviewer.post(line.page(5, "submit"), given, headers={**HTMX, "x-ahead": "3"})
    assert going_on.content.decode().count("data-ahead-pane") == 2
    Item.objects.filter(pk=line.items[0].pk).update(flagged_at=datetime.now(UTC), flagged_by=people.editor)
    assert reviewer.get(line.page(3, "ahead"), listed).status_code == 204  # what would be refused
    assert reviewer.get(line.page(1, "ahead"), listed).status_code == 204  # the end of the list


@pytest.mark.django_db
@pytest.mark.parametrize(("ahead", "panes"), [("2", 2), ("3", 0), ("", 0), ("<2>", 0)])
def test_going_on_leaves_out_only_what_the_page_has(
    reviewer: Client, make_line: MakeLine, ahead: str, panes: int
) -> None:
    line = make_line(3)
    reviewer.get(line.page(1))
    page = submitted(reviewer, line, ahead)
    read, form = page.split('id="review-form"')
    assert f'data-heartbeat="{line.page(2, "heartbeat")}"' in form
    assert page.count("data-ahead-pane") == panes
    assert ("Can I cancel booking TX-2?" in read) is (panes == 0)


@pytest.mark.django_db(transaction=True)
def test_the_next_item_is_on_the_page_before_it_is_asked_for(
    browser_page: Page, live: str, people: People, sign_in: SignIn, make_line: MakeLine
) -> None:
    sign_in(people.reviewer)
    page, line = browser_page, make_line(3)
    with page.expect_response(lambda answer: answer.url.endswith("/items/1/ahead/")):
        page.goto(f"{live}{line.page(1)}")
    page.evaluate(
        "fetch(document.querySelector('[data-ahead]').dataset.ahead).then((answer) => answer.text())"
    )  # by then the page has read its own
    with page.expect_response(lambda answer: answer.url.endswith("/items/1/submit/")) as answer:
        page.keyboard.press("g")
        page.keyboard.press("Control+Enter")
    expect(page.locator(".topbar .chip").first).to_have_text("item 2")
    assert "data-ahead-pane" in answer.value.text()
    expect(page.locator("#trajectory")).to_contain_text("Can I cancel booking TX-2?")
    page.keyboard.press("j")
    expect(page.locator("#outline [aria-current=step]")).to_have_count(1)
    expect(page.locator("template[data-ahead-pane]")).to_have_count(0)
