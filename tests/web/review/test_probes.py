"""On pages: an item given again looks as any other, gold is marked by editors, and everybody sees their own figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from annotation.domain.queues import probes
from annotation.models import Feedback, Item, Probe, Queue, Review
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import Line

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]


def lucky(line: Line, people: People) -> None:
    """The reviewer's next draw after one review is a probe."""
    while probes.draw(line.queue, people.reviewer, 1, 0) >= 50:
        line.queue.uuid = uuid4()
    Queue.objects.filter(pk=line.queue.pk).update(uuid=line.queue.uuid)


def test_an_item_given_again_is_blank_and_a_stale_tab_edits_no_review(make_line: MakeLine, people: People) -> None:
    line = make_line(2, retest_percent=50, retest_days=0)
    lucky(line, people)
    reviewer = people.client(people.reviewer)
    reviewer.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "down", "note": "Never said so."}))
    assert reviewer.get(line.start)["Location"] == line.page(1)
    page = reviewer.get(line.page(1)).content.decode()
    assert "Never said so." not in page
    assert "editing your review" not in page
    assert 'name="seen" value="0"' in page
    kept = reviewer.post(line.page(1, "draft"), line.form(1, note="Half.")).json()
    assert kept["saved"] is True
    before = list(Review.objects.values()), list(Feedback.objects.order_by("id").values())
    again = line.form(1, **{"answer-thumbs": "up", "note": "Fine."})
    for _ in range(2):  # a double click
        reviewer.post(line.page(1, "submit"), again)
    reviewer.post(line.page(1, "submit"), again | {"note": "Fine, from another tab."})
    assert (list(Review.objects.values()), list(Feedback.objects.order_by("id").values())) == before
    probe = Probe.objects.get()
    assert (probe.answers, probe.note, probe.kind) == ({"thumbs": "up"}, "Fine.", "retest")
    reviewer.post(line.page(1, "submit"), {"item": "1", "keep": "submitted"})
    edit = reviewer.get(line.page(1)).content.decode()
    assert "Fine." in edit, "what they believe to be their review"
    assert "Never said so." not in edit
    assert "editing your review" in edit
    reviewer.post(line.page(1, "submit"), again | {"answer-thumbs": "down", "note": "No.", "seen": "1"})
    assert Review.objects.get().note == "No.", "an edit is one of the review that counts"
    assert Probe.objects.get().note == "Fine."
    assert "No." in reviewer.get(line.page(1)).content.decode()


MEANWHILE = "Part Submitted Here Was this good? Good Bad Note Fine. Not fine. Keep the submitted one"


whatever_it_serves_for = pytest.mark.parametrize("kind", ["ordinary", "gold", "retest"])


def serving(line: Line, people: People, kind: str) -> tuple[str, dict[str, str]]:
    """Where the reviewer's answers to the item go, which is there for this, and such answers."""
    submit, given = line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up", "note": "Fine."})
    if kind != "ordinary":
        earlier = {"gold": people.editor, "retest": people.reviewer}[kind]
        people.client(earlier).post(submit, given | {"note": "Long ago."})
        Probe.objects.create(item=line.items[0], reviewer=people.reviewer, kind=kind)
    return submit, given


@whatever_it_serves_for
def test_what_a_tab_of_before_would_replace_is_asked_about_whatever_the_item_serves_for(
    make_line: MakeLine, people: People, kind: str
) -> None:
    line = make_line(1, gold_percent=1)
    reviewer, (submit, given) = people.client(people.reviewer), serving(line, people, kind)
    stood = [one.note for one in Review.objects.all()]
    for _ in range(2):  # a double click
        assert reviewer.post(submit, given).status_code == 302
    Probe.objects.update(submission_count=0)  # as of those that were answered before it was counted

    other = given | {"answer-thumbs": "down", "note": "Not fine."}
    asked = reviewer.post(submit, other)
    assert (asked.status_code, MEANWHILE in words(asked.content)) == (422, True)
    assert 'name="seen" value="1"' in asked.content.decode()
    assert "Fine." in reviewer.get(re.findall(r'href="([^"]+/history/)"', asked.content.decode())[0]).content.decode()
    assert "edited" not in words(reviewer.get(f"/w/acme/queues/{line.queue.uuid}/review/recent/").content)
    assert [one.note for one in Review.objects.all()] == (stood or ["Fine."])

    assert reviewer.post(submit, other | {"seen": "1"}).status_code == 302, "chosen to stand instead"
    for seen in ("0", "1"):
        assert reviewer.post(submit, given | {"seen": seen}).status_code == 422
        assert reviewer.post(submit, {"item": "1", "keep": "submitted"}).status_code == 302
    assert "Not fine." in reviewer.get(line.page(1)).content.decode()
    assert [one.note for one in Review.objects.all()] == (stood if kind == "gold" else ["Not fine."])


@whatever_it_serves_for
def test_what_was_taken_back_and_given_anew_is_not_replaced_by_a_tab_of_before_either(
    make_line: MakeLine, people: People, kind: str
) -> None:
    line = make_line(1, gold_percent=1)
    reviewer, (submit, given) = people.client(people.reviewer), serving(line, people, kind)
    reviewer.post(submit, given)
    edit = line.form(1, **{"answer-thumbs": "up", "note": "Typed on what was taken back.", "seen": "1"})
    reviewer.post(f"{line.start}undo/", {"item": "1"})
    assert 'name="seen" value="0"' in reviewer.get(line.page(1)).content.decode()
    assert reviewer.post(line.page(1, "draft"), line.form(1)).status_code < 300, "all of it cleared, and kept so"
    assert "Fine." not in reviewer.get(line.page(1)).content.decode()
    reviewer.post(submit, given | {"answer-thumbs": "down", "note": "After all not."})
    assert reviewer.post(submit, edit).status_code == 422
    assert 'name="seen" value="2"' in reviewer.post(submit, edit).content.decode()
    assert reviewer.post(submit, {"item": "1", "keep": "submitted"}).status_code == 302
    assert "After all not." in reviewer.get(line.page(1)).content.decode()


def test_editors_mark_gold_and_read_who_knew(make_line: MakeLine, people: People) -> None:
    line = make_line(1, gold_percent=50)
    reviewer, editor = people.client(people.reviewer), people.client(people.editor)
    reviewer.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "down"}))
    review, address = Review.objects.get(), f"/w/acme/queues/{line.queue.uuid}/"
    assert "Use as gold" in editor.get(address).content.decode()
    told = editor.post(f"/w/acme/queues/reviews/{review.uuid}/gold/", follow=True).content.decode()
    assert "Item 1 is gold: others are tested with these answers." in told
    assert Item.objects.get().gold == {"thumbs": "down"}
    assert "gold" not in people.client(people.viewer).get(address).content.decode()
    Probe.objects.create(
        item=Item.objects.get(),
        reviewer=people.admin,
        kind="gold",
        answers={"thumbs": "up"},
        submitted_at=review.submitted_at,
    )
    page = " ".join(editor.get(f"{address}agreement/").content.decode().split())
    assert "0 of 1" in page
    assert "item 1: Good, right is Bad" in page
    found = people.api().get(f"/api/v1/queues/{line.queue.uuid}/quality").json()
    (row,) = found["gold"]
    assert (row["reviewer"], row["question"], row["rate"]["right"], row["rate"]["of"]) == (
        people.admin.email, "thumbs", 0, 1,
    )  # fmt: skip
    editor.post(f"/w/acme/queues/reviews/{review.uuid}/gold/", {"end": "1"})
    assert Item.objects.get().gold is None


def test_programs_mark_gold_with_answers_of_their_own(make_line: MakeLine, people: People) -> None:
    line = make_line(1)
    program, here = people.api(), f"/api/v1/items/{line.items[0].uuid}/gold"
    early = program.put(here, {"answers": {"thumbs": "up"}}, content_type="application/json")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "gold_refused")
    people.client(people.reviewer).post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "down"}))
    wrong = program.put(here, {"answers": {"thumbs": "sideways"}}, content_type="application/json")
    assert wrong.json()["error"]["fields"] == {"thumbs": ["“Was this good?” takes up or down."]}
    assert program.put(here, {"answers": {"thumbs": "up"}}, content_type="application/json").json() == {
        "answers": {"thumbs": "up"}
    }
    assert program.delete(here).status_code == 204
    assert program.get(here).json() == {"answers": None}


def test_my_reviews_are_mine_alone_and_gold_shows_where_the_queue_allows(make_line: MakeLine, people: People) -> None:
    line = make_line(1)
    reviewer = people.client(people.reviewer)
    assert "No reviews yet" in reviewer.get("/w/acme/queues/mine/").content.decode()
    reviewer.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "down"}))
    Item.objects.update(gold={"thumbs": "down"})
    Probe.objects.create(
        item=Item.objects.get(), reviewer=people.reviewer, kind="gold", answers={"thumbs": "up"},
        submitted_at=Review.objects.get().submitted_at,
    )  # fmt: skip
    page = reviewer.get("/w/acme/queues/mine/").content.decode()
    assert "Refund promises" in page
    assert "right is" not in page
    Queue.objects.update(shows_gold=True)
    assert "item 1: Good, right is Bad" in " ".join(reviewer.get("/w/acme/queues/mine/").content.decode().split())
    assert "No reviews yet" in people.client(people.editor).get("/w/acme/queues/mine/").content.decode()
    assert "My reviews" in reviewer.get("/w/acme/queues/").content.decode()
