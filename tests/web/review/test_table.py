"""The table: many items in rows, each answered, put aside, taken back and kept as on its own page."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from re import findall

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.queues import items, rubric, rubric_versions, subjects
from annotation.domain.queues.reasons import Reason
from annotation.domain.queues.rubric import Option, Parts, Question, QuestionKind, Rubric
from annotation.domain.reviews import drafts
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Assignment, Draft, Item, Probe, Queue, Reservation, Review, Run, Skip, Trace
from tests.fixtures.people import People
from tests.web.queues.test_lists import words
from tests.web.review.conftest import ANSWER, Line, run_of

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true"}

SEVERAL = Rubric(
    questions=(
        Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?", is_required=True),
        Question(key="tone", kind=QuestionKind.CHOICE, label="Tone",
                 options=(Option(key="warm", label="Warm"), Option(key="cold", label="Cold"))),
        Question(key="why", kind=QuestionKind.TEXT, label="Why"),
        Question(key="rules", kind=QuestionKind.ASSERTIONS, label="Rules"),
    )
)  # fmt: skip
ORDER = Rubric(
    questions=(
        Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?"),
        Question(key="rank", kind=QuestionKind.RANKING, label="Best first", is_required=True,
                 options=(Option(key="a", label="A"), Option(key="b", label="B"))),
    )
)  # fmt: skip
ONE = Rubric(
    questions=(Question(key="thumbs", kind=QuestionKind.THUMBS, label="Pass?", is_required=True),),
    parts=Parts(labels=False, layer=False, first_failing_step=False, correction=False, note=False),
)


def test_rows_say_what_was_asked_and_answered_and_hold_a_seat_each(client: Client, make_line: MakeLine) -> None:
    line = make_line(3, asked=SEVERAL)
    page = words(client.get(line.table()).content)
    for number in (1, 2, 3):
        assert f"Can I cancel booking TX-{number}?" in page
    assert page.count(ANSWER) == 3
    assert Reservation.objects.count() == 3
    assert "0 of 3 dealt with" in page


def test_a_row_that_knows_less_than_what_was_submitted_replaces_nothing(client: Client, make_line: MakeLine) -> None:
    line = make_line(2, asked=ONE)
    client.get(line.table())
    client.post(line.table("1/submit/"), line.form(1, **{"answer-thumbs": "up"}), headers=HTMX)
    stale = line.form(1, **{"answer-thumbs": "down"})

    told = client.post(line.table("1/submit/"), stale, headers=HTMX)

    assert told.status_code == 422
    assert "Submit again to put this in its place." in json.loads(told["HX-Trigger"])["toast"]["value"]
    assert 'name="seen" value="1"' in told.content.decode()
    assert Review.objects.get().answers == {"thumbs": "up"}
    client.post(line.table("1/submit/"), {**stale, "seen": 1}, headers=HTMX)
    assert Review.objects.get().answers == {"thumbs": "down"}


def test_rows_show_no_marks_of_markdown(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, asked=ONE, answer="## Sorry\n**No refund** on `ADVANCE_SAVER`: 3 * 2 * 1.")

    page = words(client.get(line.table()).content)

    assert "Sorry No refund on ADVANCE_SAVER: 3 * 2 * 1." in page


def test_lists_of_ones_own_are_tables_too_and_rows_say_which_they_are_in(
    client: Client, people: People, make_line: MakeLine
) -> None:
    line = make_line(3, asked=ONE)
    Skip.objects.create(item=line.items[1], reviewer=people.reviewer)
    Assignment.objects.create(item=line.items[2], reviewer=people.reviewer)
    skipped = client.get(line.table("?state=skipped_by_me&quick=1"))
    assert [(row.item.number, row.marks) for row in skipped.context["rows"]] == [(2, ["skipped by me"])]
    html = skipped.content.decode()
    assert f'{line.table()}?state=skipped_by_me"' in html
    assert f'{line.table()}?state=assigned_to_me&amp;quick=1"' in html
    everything = client.get(line.table()).context["rows"]
    assert {row.item.number: row.marks for row in everything} == {
        1: [],
        2: ["skipped by me"],
        3: ["assigned to me"],
    }
    Skip.objects.all().delete()
    assert "Nothing here for now" in words(client.get(line.table("?state=skipped_by_me")).content)
    assert client.get(line.table("?state=done")).status_code == 404


def test_a_row_is_submitted_stays_and_is_taken_back(client: Client, make_line: MakeLine) -> None:
    line = make_line(2, asked=SEVERAL)
    client.get(line.table())
    given = line.form(
        1,
        note="see the rate",
        new_label="Guessed",
        **{"answer-thumbs": "down", "answer-tone": "cold", "answer-why": "odd"},
    )

    done = client.post(line.table("1/submit/"), given, headers=HTMX)

    assert done.status_code == 200
    assert "Bad" in (row := words(done.content))
    assert "Cold" in row
    assert "Guessed" in row
    review = Review.objects.get()
    assert review.answers == {"thumbs": "down", "tone": "cold", "why": "odd"}
    assert (review.note, review.active_ms) == ("see the rate", 1000)
    assert Reservation.objects.get().item.number == 2

    opened = client.post(line.table("1/undo/"), headers=HTMX).content.decode()

    assert (Review.objects.count(), Draft.objects.get().content["note"]) == (0, "see the rate")
    assert 'value="cold"' in opened
    assert "see the rate" in opened
    assert Reservation.objects.count() == 2
    again = client.post(line.table("1/undo/"), headers=HTMX)
    assert "There is nothing to take back" in json.loads(again["HX-Trigger"])["toast"]["value"]


def test_a_row_that_lacks_an_answer_comes_back_with_everything(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, asked=SEVERAL)
    client.get(line.table())
    answer = client.post(line.table("1/submit/"), line.form(1, note="typed"), headers=HTMX)
    assert answer.status_code == 422
    assert "“Good?” needs an answer." in words(answer.content)
    assert "typed" in answer.content.decode()
    assert "Item 1 is not submitted" in json.loads(answer["HX-Trigger"])["toast"]["value"]
    plain = client.post(line.table("1/submit/"), line.form(1, note="typed"), follow=True)
    assert "Item 1 is not submitted: “Good?” needs an answer. What you typed is kept." in words(plain.content)
    assert Draft.objects.get().content["note"] == "typed"


def test_what_a_row_has_no_field_for_is_not_lost(people: People, client: Client, make_line: MakeLine) -> None:
    line = make_line(1, asked=SEVERAL)
    run = Run.objects.get(name="get_rate_rules")
    typed = ReviewInput.model_validate({
        "answers": {"rules": [{"side": "must", "text": "Say no"}]}, "layer": "harness", "correction": "No refund.",
        "first_failing_run_uuid": run.uuid, "labels": ["Tone"], "evidence": [{"label": "Tone", "text": "fully"}],
        "steps": [{"run": run.uuid, "thumb": "down"}],
    })  # fmt: skip
    drafts.save(item=line.items[0], by=people.reviewer, content=typed, now=timezone.now())
    form = hidden(client.get(line.table()).content.decode())

    client.post(line.table("1/submit/"), {**form, "labels": ["Tone"], "answer-thumbs": "down"}, headers=HTMX)

    review = Review.objects.get()
    assert review.answers == {"thumbs": "down", "rules": [{"side": "must", "text": "Say no"}]}
    assert (review.layer, review.correction, review.first_failing_run_uuid) == ("harness", "No refund.", run.uuid)
    assert review.labels[0]["evidence"][0]["text"] == "fully"
    assert review.steps[0]["thumb"] == "down"


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the first row, as a browser would send them."""
    form = page[page.index("data-row-form") : page.index("in-rows-cells", page.index("data-row-form"))]
    found: dict[str, list[str]] = {}
    for name, value in findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(unescape(value))
    return found


def test_skipping_and_flagging_keep_what_was_typed(client: Client, make_line: MakeLine) -> None:
    line = make_line(3)
    client.get(line.table())
    skipped = client.post(line.table("1/skip/"), line.form(1, note="one"), headers=HTMX)
    flagged = client.post(line.table("2/flag/"), line.form(2, note="two", flag_reason="broken"), headers=HTMX)
    assert "Skipped; it comes back at the end of your line." in words(skipped.content)
    assert "Flagged; an editor looks at it." in words(flagged.content)
    assert Item.objects.get(number=2).flag_reason == "broken"
    assert set(Draft.objects.values_list("content__note", flat=True)) == {"one", "two"}
    assert Skip.objects.get().item.number == 1
    assert "one" in client.post(line.table("1/undo/"), {"was": "skipped"}, headers=HTMX).content.decode()
    assert set(Reservation.objects.values_list("item__number", flat=True)) == {1, 3}


def test_a_row_that_somebody_else_took_says_so_and_keeps_the_words(
    people: People, client: Client, make_line: MakeLine
) -> None:
    line = make_line(1)
    client.get(line.table())
    Reservation.objects.all().delete()
    people.client(people.editor).get(line.page(1))
    beat = client.post(line.table("heartbeat/"), {"item": ["1", "9" * 5000]}).json()
    answer = client.post(line.table("1/submit/"), line.form(1, note="mine", **{"answer-thumbs": "up"}), headers=HTMX)
    assert beat["lost"].startswith("Item 1 is no longer yours")
    assert "Somebody else has item 1" in words(answer.content)
    assert (Review.objects.count(), Draft.objects.get().content["note"]) == (0, "mine")


def test_a_pair_is_shown_in_no_row_where_times_and_names_would_tell_who_is_who(
    people: People, client: Client, make_line: MakeLine
) -> None:
    line = make_line(2)
    one, other = (item.trace_uuid for item in line.items)
    assert one
    assert other
    items.add(queue=line.queue, subjects=[subjects.of_pair(one, other)], reason=Reason())
    assert client.get(line.table("1/")).status_code == 200
    assert client.get(line.table("3/")).status_code == 404
    run = run_of(line.items[1], "booking_agent")
    run.inputs, run.outputs = {"model": "gpt-x"}, {"model": "gpt-x", "said": "Yes"}
    run.save()
    form = line.form(3, correction="Better", correction_format="text")
    assert "gpt-x" not in client.post(line.page(3, "row"), form).content.decode()


def test_stopping_gives_everything_back(client: Client, make_line: MakeLine) -> None:
    line = make_line(3)
    client.get(line.table())
    answer = client.post(line.table("leave/"), follow=True)
    assert "3 items given back; what you typed is kept." in words(answer.content)
    assert Reservation.objects.count() == 0


def test_a_queue_that_does_not_fit_says_why_and_takes_no_seat(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, asked=ORDER)
    page = words(client.get(line.table()).content)
    assert (
        "“Best first” needs an answer, and an order does not fit into a row. Its items are judged one by one." in page
    )
    assert Reservation.objects.count() == 0
    detail = client.get(f"/w/acme/queues/{line.queue.uuid}/").content.decode()
    assert "One by one only, not in a table." in detail
    assert "As a table" not in detail


def test_an_empty_line_shows_the_way_on(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    assert "As a table" in client.get(f"/w/acme/queues/{line.queue.uuid}/").content.decode()
    client.get(line.table())
    client.post(line.table("1/submit/"), line.form(1, **{"answer-thumbs": "up"}), headers=HTMX)
    assert "No rows left for you" in words(client.get(line.table()).content)


def test_one_key_submits_where_one_answer_is_all_or_somebody_wants_it(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, asked=ONE)
    assert client.get(line.table()).content.count(b"data-submits") == 2
    rubric_versions.publish(queue=line.queue, asked=rubric.default(), by=None)
    assert client.get(line.table()).content.count(b"data-submits") == 0
    assert client.get(line.table("?quick=1")).content.count(b"data-submits") == 2


def test_rows_and_conversations_hide_what_the_queue_hides(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, blindness={"model": True, "peers": True})
    Run.objects.filter(type="llm").update(model="secret-model", name="call secret-model")
    Trace.objects.update(name="secret-model agent")
    page, opened = client.get(line.table()).content.decode(), client.get(line.table("1/")).content.decode()
    assert ANSWER in opened
    assert "secret-model" not in page + opened
    assert 'id="1-0-turn-' in opened


def test_rows_mask_personal_data_as_the_page_of_the_item_does(client: Client, make_line: MakeLine) -> None:
    line = make_line(2, answer="Write to eve@example.org.", masking={"kinds": ["e-mail"]})
    page = client.get(line.table()).content.decode()
    opened = client.get(line.table("1/")).content.decode()
    done = client.post(line.table("1/submit/"), line.form(1, **{"answer-thumbs": "up"}), headers=HTMX).content.decode()
    assert page.count("Write to [e-mail 1].") == 2
    assert "[e-mail 1]" in opened
    assert "Write to [e-mail 1]." in done
    assert "eve@example.org" not in page + opened + done
    assert Review.objects.get().shown == {"masking": {"kinds": ["e-mail"]}}


def test_a_probe_in_a_row_is_taken_back_as_a_probe(people: People, client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    Item.objects.filter(number=2).update(state="done", gold={"thumbs": "up"})
    Probe.objects.create(item=line.items[1], reviewer=people.reviewer, kind="gold")
    client.get(line.table())
    done = client.post(line.table("2/submit/"), line.form(2, **{"answer-thumbs": "up"}), headers=HTMX)
    assert "Good" in words(done.content)
    assert (Review.objects.count(), Probe.objects.get().answers) == (0, {"thumbs": "up"})
    assert client.post(line.table("2/undo/"), headers=HTMX).status_code == 200
    assert Probe.objects.get().submitted_at is None


def test_a_closed_queue_gives_out_no_rows(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    Queue.objects.update(status="paused")
    answer = client.get(line.table())
    assert answer.status_code == 409
    assert "is paused" in words(answer.content)


@pytest.mark.parametrize("count", [1, 3])
def test_a_table_asks_as_often_for_three_rows_as_for_one(
    client: Client, make_line: MakeLine, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    line = make_line(count, asked=SEVERAL)
    client.get(line.table())
    with django_assert_num_queries(32):
        client.get(line.table())
