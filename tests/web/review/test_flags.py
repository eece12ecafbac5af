"""Flags on the pages: refused with who waits for whom, withdrawn by who set them, judged and cleared by editors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from annotation.domain.queues import items
from annotation.models import AuditEvent, Draft, Item, Queue, Reservation
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true"}
SEEN = {"peers": False}


def listed(line: Line, which: str) -> str:
    return f"/w/acme/queues/{line.queue.uuid}/?state={which}"


def test_a_flagged_item_says_by_whom_and_keeps_what_comes_too_late(
    people: People, client: Client, make_line: MakeLine
) -> None:
    line = make_line(2, blindness=SEEN)
    items.flag(item=line.items[0], by=people.editor, reason="cut off")
    opened = client.get(line.page(1))
    answers = [
        client.post(line.page(1, "submit"), line.form(1, note="late", **{"answer-thumbs": "up"}), headers=HTMX),
        client.post(line.table("1/submit/"), line.form(1, note="late", **{"answer-thumbs": "up"}), headers=HTMX),
        client.post(line.table("1/undo/"), {"was": "skipped"}, headers=HTMX),
    ]
    assert opened.status_code == 409
    page = words(opened.content)
    assert "This item is flagged Item 1 is flagged by editor and waits for an editor; take the next one." in page
    assert "Take the next item" in page
    assert "Withdraw" not in page
    assert client.post(line.page(1, "heartbeat")).json()["lost"].startswith("Item 1 is flagged by editor")
    for answer in answers:
        assert "Item 1 is flagged by editor" in (answer.content.decode() or answer["HX-Trigger"])
    assert Draft.objects.get().content["note"] == "late"
    assert Reservation.objects.count() == 0


def test_undo_withdraws_the_flag_and_brings_the_item_back(client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)
    following = client.post(line.page(1, "flag"), line.form(1, note="typed", flag_reason="odd"), headers=HTMX)
    assert "Withdraw your flag of item 1" in following.content.decode()
    for _ in range(2):  # a second click finds it done
        answer = client.post(line.page(1, "withdraw"), line.form(2, note="on two"), headers=HTMX)
        assert answer["HX-Push-Url"] == line.page(1)
        assert "typed" in answer.content.decode()
    assert Item.objects.filter(flagged_at=None).count() == 2
    assert AuditEvent.objects.values_list("action", "actor").get() == ("item.flag_withdrawn", "reviewer@example.com")
    assert list(Reservation.objects.values_list("item__number", flat=True)) == [1]
    assert Draft.objects.get(item__number=2).content["note"] == "on two"


def test_the_flagger_finds_their_flag_and_withdraws_it_on_the_item(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    client.post(line.page(1, "flag"), line.form(1, flag_reason="odd"))
    mine = words(client.get(listed(line, "flagged_by_me")).content)
    assert "You flagged this: odd Withdraw" in mine
    page = words(client.get(line.page(1)).content)
    assert (
        "You flagged item 1; it waits for an editor. Withdraw the flag to have it again. “odd” Take the next item Withdraw your flag of item 1 U"
        in page
    )
    assert "Withdraw your flag of item 1" in words(client.get(line.start).content)
    assert "Item When Take back Your flags Item 1 just now Withdraw" in words(
        client.get(f"{line.start}recent/").content
    )
    back = client.post(line.page(1, "withdraw"), follow=True)
    assert back.redirect_chain == [(line.page(1), 302)]
    assert "Your flag of item 1 is withdrawn; you have it again." in words(back.content)
    assert "You flagged nothing" in words(client.get(listed(line, "flagged_by_me")).content)


def test_the_flag_of_another_is_not_withdrawn(people: People, client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    items.flag(item=line.items[0], by=people.editor, reason="odd")
    told = client.post(line.page(1, "withdraw"), headers=HTMX)
    assert "only an editor clears that flag" in told["HX-Trigger"]
    assert Item.objects.get().flagged_by == people.editor


def test_a_flag_is_withdrawn_where_the_item_cannot_be_had(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    client.post(line.page(1, "flag"), line.form(1))
    Queue.objects.update(status="paused")
    answer = words(client.post(line.page(1, "withdraw"), headers=HTMX).content)
    assert "Your flag of item 1 is withdrawn." in answer
    assert "is paused" in answer
    assert Item.objects.get().flagged_at is None


def test_an_editor_opens_the_item_to_judge_the_flag_and_clears_it(people: People, make_line: MakeLine) -> None:
    line = make_line(1, blindness=SEEN)
    items.flag(item=line.items[0], by=people.reviewer, reason="holds a card number")
    editor = people.client(people.editor)
    page = words(editor.get(line.page(1)).content)
    assert (
        "Flagged by reviewer: holds a card number. Nobody else is given it until the flag is cleared. Clear the flag"
        in page
    )
    cleared = editor.post(f"/w/acme/queues/items/{line.items[0].uuid}/unflag/", {"next": line.page(1)}, follow=True)
    assert cleared.redirect_chain == [(line.page(1), 302)]
    assert "Clear the flag" not in words(cleared.content)
    assert Item.objects.get().flagged_at is None


def test_a_second_flag_says_that_there_is_one(people: People, client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)
    items.flag(item=line.items[0], by=people.editor, reason="odd")
    answer = client.post(line.page(1, "flag"), line.form(1, flag_reason="and rude"), headers=HTMX)
    assert "Item 1: flagged by somebody else already; an editor reads your words beside the flag." in words(
        answer.content
    )
    shown = words(people.client(people.editor).get(listed(line, "flagged")).content)
    assert "Skipped by reviewer: and rude" in shown
    assert "editor: odd" in shown


def test_a_flagged_row_is_had_again_with_its_flag_gone(people: People, client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.table())
    flagged = client.post(line.table("1/flag/"), line.form(1, note="typed", flag_reason="odd"), headers=HTMX)
    assert "Flagged; an editor looks at it. Undo U" in words(flagged.content)
    for _ in range(2):
        again = client.post(line.table("1/undo/"), {"was": "flagged"}, headers=HTMX)
        assert "typed" in again.content.decode()
        assert "data-row-form" in again.content.decode()
    assert Item.objects.filter(flagged_at=None).count() == 2
    client.post(line.table("1/flag/"), line.form(1), headers=HTMX)
    items.unflag(item=line.items[0], by=people.editor)
    items.flag(item=line.items[0], by=people.editor, reason="mine now")
    told = client.post(line.table("1/undo/"), {"was": "flagged"}, headers=HTMX)
    assert "only an editor clears that flag" in told["HX-Trigger"]
