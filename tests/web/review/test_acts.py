"""Skipping, flagging, undoing, and what the page keeps meanwhile: as plain forms and by htmx; and who may."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.models import Draft, FailureMode, Item, Reservation, Review, Skip
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true"}


def test_skipping_keeps_the_draft_and_says_why(client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)

    answer = client.post(line.page(1, "skip"), line.form(1, skip_reason="not my field", note="later"), headers=HTMX)

    assert answer["HX-Push-Url"] == line.page(2)
    assert Skip.objects.values_list("item__number", "reason").get() == (1, "not my field")
    assert Draft.objects.get().content["note"] == "later"


@pytest.mark.parametrize("act", ["skip", "flag", "draft", "submit"])
def test_what_the_page_was_filled_with_is_no_draft(client: Client, make_line: MakeLine, act: str) -> None:
    line = make_line(2)
    client.get(line.start)

    client.post(line.page(1, act), line.form(1, correction=f" {ANSWER}\r\n", correction_format="text"))

    assert Draft.objects.count() == 0
    assert "Your draft from" not in client.get(line.page(1)).content.decode()
    kept = client.post(line.page(1, "draft"), line.form(1, correction="Not refundable.", correction_format="text"))
    assert (kept.json()["is_draft"], Draft.objects.get().content["correction"]) == (True, "Not refundable.")
    taken_back = client.post(line.page(1, "draft"), line.form(1, correction=ANSWER, correction_format="text"))
    assert (taken_back.json()["saved"], taken_back.json()["is_draft"], Draft.objects.count()) == (True, False, 0)


EVERY = Rubric(
    questions=(
        Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?"),
        Question(key="stars", kind=QuestionKind.NUMBER, label="Stars"),
        Question(key="order", kind=QuestionKind.RANKING, label="Best first",
                 options=(Option(key="a", label="A"), Option(key="b", label="B"))),
        Question(key="rules", kind=QuestionKind.ASSERTIONS, label="Rules"),
    )
)  # fmt: skip


def test_a_review_that_is_opened_again_is_no_draft_of_itself(
    client: Client, make_line: MakeLine, modes: list[FailureMode]
) -> None:
    line = make_line(2, asked=EVERY)
    client.get(line.start)
    given = {"answer-thumbs": "down", "answer-stars": "2,50", "answer-order.a": "2", "answer-order.b": "1",
             "answer-rules.must": "Say no.", "labels": ["Tone", "Wrong policy"], "correction": "No.", "correction_format": "text",
             "note": "two\r\nlines"}  # fmt: skip
    client.post(line.page(1, "submit"), line.form(1, **given))
    again = {**given, "answer-stars": "2.5", "labels": ["Wrong policy", "Tone"], "seen": 1, "active_ms": 90_000}

    client.post(line.page(1, "skip"), line.form(1, **again))
    assert Draft.objects.count() == 0
    client.post(line.page(1, "skip"), line.form(1, **again | {"answer-order.a": "1", "answer-order.b": "2"}))
    assert Draft.objects.get().content["answers"]["order"] == {"a": "1", "b": "2"}


def test_a_flagged_item_waits_for_an_editor(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)

    client.post(line.page(1, "flag"), line.form(1, flag_reason="holds a card number"))

    item = Item.objects.get()
    assert (item.flag_reason, item.flagged_by is not None) == ("holds a card number", True)
    assert "flagged and waiting" in client.get(line.start).content.decode()


def test_undo_opens_the_last_review_again(client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)
    client.post(line.page(1, "submit"), line.form(1, note="too fast", **{"answer-thumbs": "up"}), headers=HTMX)
    undo = line.start + "undo/"

    answer = client.post(undo, line.form(2, note="on two"), headers=HTMX)

    page = answer.content.decode()
    assert answer["HX-Push-Url"] == line.page(1)
    assert "too fast" in page
    assert "Review of item 1 taken back" in page
    assert Review.objects.count() == 0
    assert list(Reservation.objects.values_list("item__number", flat=True)) == [1]
    assert Draft.objects.get(item__number=2).content["note"] == "on two"


def test_undo_says_when_there_is_nothing(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)

    told = client.post(line.start + "undo/", line.form(1), headers=HTMX)
    plain = client.post(line.start + "undo/", line.form(1), follow=True)

    assert json.loads(told["HX-Trigger"])["toast"]["value"] == "You have submitted nothing in this queue yet."
    assert "You have submitted nothing in this queue yet." in plain.content.decode()


def test_a_draft_that_comes_after_the_submission_is_not_kept(client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)
    before = client.post(line.page(1, "draft"), line.form(1, note="typing"))
    client.post(line.page(1, "submit"), line.form(1, note="done", **{"answer-thumbs": "up"}))

    late = client.post(line.page(1, "draft"), line.form(1, note="typing"))

    assert (before.json()["saved"], late.json()["saved"]) == (True, False)
    assert Draft.objects.count() == 0


def test_the_heartbeat_holds_the_item_or_says_that_it_is_gone(
    people: People, client: Client, make_line: MakeLine
) -> None:
    line = make_line(1)
    client.get(line.start)
    held = client.post(line.page(1, "heartbeat"))
    Reservation.objects.all().delete()
    people.client(people.editor).get(line.start)

    lost = client.post(line.page(1, "heartbeat"))

    assert "until" in held.json()
    assert "no longer yours" in lost.json()["lost"]


def test_nobody_sees_the_reviews_of_others(people: People, make_line: MakeLine) -> None:
    line = make_line(1, reviewers_per_item=2)
    editor = people.client(people.editor)
    editor.get(line.start)
    editor.post(
        line.page(1, "submit"), line.form(1, note="SECRET VERDICT", labels="SECRET LABEL", **{"answer-thumbs": "down"})
    )

    page = people.client(people.reviewer).get(line.page(1)).content.decode()

    assert "SECRET VERDICT" not in page
    assert 'data-hotkey="b" data-hotkey-label="Bad" checked' not in page
    assert 'value="SECRET LABEL" data-option checked' not in page


@pytest.mark.parametrize("act", ["submit", "skip", "flag", "draft", "heartbeat", "diff", "original", "undo"])
def test_an_editor_leaves_no_mark_on_a_queue_that_is_not_open_to_them(
    people: People, make_line: MakeLine, act: str
) -> None:
    line = make_line(1, is_open_to_all=False)
    address = line.start + "undo/" if act == "undo" else line.page(1, act)

    answer = people.client(people.editor).post(address, line.form(1, note="mine", flag_reason="cut off"))

    assert answer.status_code == 403
    assert (Draft.objects.count(), Skip.objects.count(), Review.objects.count()) == (0, 0, 0)
    assert Item.objects.filter(flagged_at=None).count() == 1


@pytest.mark.parametrize("act", ["submit", "skip", "flag", "draft", "heartbeat", "diff", "original"])
def test_only_those_the_queue_is_open_to_may_act(people: People, make_line: MakeLine, act: str) -> None:
    line = make_line(1, is_open_to_all=False)

    assert people.client(people.reviewer).post(line.page(1, act), line.form(1)).status_code == 404
    assert people.client(people.outsider).post(line.page(1, act), line.form(1)).status_code == 404
    assert people.client(people.viewer).post(line.page(1, act), line.form(1)).status_code == 403
    assert Client().post(line.page(1, act), line.form(1))["Location"].startswith("/sign-in/")
