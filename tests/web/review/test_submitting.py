"""Submitting a review, as a plain form and by htmx."""

from collections.abc import Callable

import pytest
from django.test import Client

from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.models import Draft, FailureMode, Feedback, Reservation, Review
from tests.fixtures.people import People
from tests.web.review.conftest import Line, run_of
from tests.web.traces.conftest import squeezed

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true"}

EVERY_KIND = Rubric(
    questions=(
        Question(key="thumbs", kind=QuestionKind.THUMBS, label="Good?", is_required=True),
        Question(
            key="tone", kind=QuestionKind.CHOICE, label="Tone", is_required=True,
            options=(Option(key="warm", label="Warm"), Option(key="cold", label="Cold")),
        ),
        Question(
            key="topics", kind=QuestionKind.MULTI_CHOICE, label="Topics",
            options=(Option(key="refund", label="Refund"), Option(key="date", label="Date")),
        ),
        Question(key="stars", kind=QuestionKind.NUMBER, label="Stars", minimum=1, maximum=5),
        Question(key="why", kind=QuestionKind.TEXT, label="Why"),
    )
)  # fmt: skip


def test_submits_everything_and_goes_on(client: Client, make_line: MakeLine, modes: list[FailureMode]) -> None:
    line = make_line(2, asked=EVERY_KIND)
    client.get(line.start)
    tool = run_of(line.items[0], "get_rate_rules")
    sent = line.form(
        1, labels=["Wrong policy"], new_label="  Ignored   tool error ", layer="harness", note="It ignored a timeout.",
        first_failing_run=tool.uuid, correction="No refund on this rate.", correction_format="text", active_ms=4200,
        **{"answer-thumbs": "down", "answer-tone": "cold", "answer-topics": ["date", "refund"], "answer-stars": "2,5",
           "answer-why": "See the rate"},
    )  # fmt: skip

    answer = client.post(line.page(1, "submit"), sent)

    assert (answer.status_code, answer["Location"]) == (302, line.start)
    review = Review.objects.get()
    assert review.answers == {"thumbs": "down", "tone": "cold", "topics": ["refund", "date"], "stars": 2.5, "why": "See the rate"}  # fmt: skip
    assert [label["name"] for label in review.labels] == ["Wrong policy", "Ignored tool error"]
    assert (review.layer, review.first_failing_run_uuid, review.active_ms) == ("harness", tool.uuid, 4200)
    assert (review.correction, review.note) == ("No refund on this rate.", "It ignored a timeout.")
    assert Feedback.objects.filter(review=review, key="label").count() == 2
    page = squeezed(client.get(client.get(line.start)["Location"]))
    assert "Item 1 submitted." in page
    assert "yours 1" in page


def test_htmx_gets_the_next_item_in_place(client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)

    answer = client.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}), headers=HTMX)

    page = answer.content.decode()
    assert (answer.status_code, answer["HX-Push-Url"]) == (200, line.page(2))
    top, rest = page.strip().split("\n", 1)
    assert top == "<title>Item 2, Refund promises · traceapp</title>"  # where htmx looks for one
    assert rest.strip().startswith('<div class="page" id="review-page"')
    assert "Can I cancel booking TX-2?" in page
    assert "<html" not in page


def test_after_the_last_item_htmx_gets_the_end(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)

    answer = client.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}), headers=HTMX)

    assert (answer.status_code, answer["HX-Push-Url"]) == (200, line.start)
    assert answer.content.decode().strip().startswith("<title>Refund promises · traceapp</title>")
    assert "All done here" in answer.content.decode()
    assert "Undo the review of item 1" in " ".join(answer.content.decode().split())


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_missing_answer_is_shown_at_its_field_and_nothing_is_lost(
    client: Client, make_line: MakeLine, headers: dict[str, str]
) -> None:
    line = make_line(1, asked=EVERY_KIND)
    client.get(line.start)
    sent = line.form(1, note="my note", **{"answer-thumbs": "up", "answer-stars": "9"})

    answer = client.post(line.page(1, "submit"), sent, headers=headers)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“Tone” needs an answer." in page
    assert "“Stars” takes a number from 1 to 5." in page
    assert "my note" in page
    assert 'value="9"' in page
    assert Review.objects.count() == 0
    assert Draft.objects.get().content["note"] == "my note"


def test_twice_is_once(client: Client, make_line: MakeLine) -> None:
    line = make_line(3)
    client.get(line.start)
    sent = line.form(1, **{"answer-thumbs": "up"})

    client.post(line.page(1, "submit"), sent)
    client.post(line.page(1, "submit"), sent)

    assert Review.objects.get().submission_count == 1
    assert Feedback.objects.count() == 1


def test_somebody_who_was_slower_keeps_their_work(people: People, client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)
    Reservation.objects.all().delete()  # it lapsed
    people.client(people.editor).get(line.page(1))

    answer = client.post(line.page(1, "submit"), line.form(1, note="mine", **{"answer-thumbs": "up"}), headers=HTMX)

    assert answer.status_code == 200
    assert "Somebody else has" in answer.content.decode()
    assert "What you typed is kept" in answer.content.decode()
    assert Review.objects.count() == 0
    assert Draft.objects.get(reviewer=people.reviewer).content["note"] == "mine"


def test_editing_shows_what_was_given_and_says_so(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    client.post(line.page(1, "submit"), line.form(1, note="first", **{"answer-thumbs": "up"}))

    page = client.get(line.page(1)).content.decode()
    client.post(line.page(1, "submit"), line.form(1, seen=1, note="second", **{"answer-thumbs": "down"}))

    assert "editing your review" in page
    assert "first" in page
    assert Review.objects.values_list("note", "submission_count").get() == ("second", 2)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_page_that_knows_less_than_what_was_submitted_replaces_nothing(
    client: Client, make_line: MakeLine, headers: dict[str, str]
) -> None:
    line = make_line(2, asked=EVERY_KIND)
    client.get(line.start)
    first = {"answer-thumbs": "up", "answer-tone": "warm", "answer-stars": "4"}
    client.post(line.page(1, "submit"), line.form(1, note="first tab", **first))
    stale = line.form(
        1, note="second tab", **first | {"answer-thumbs": "down", "correction": "No.", "correction_format": "text"}
    )

    answer = client.post(line.page(1, "submit"), stale, headers=headers)

    assert answer.status_code == 422
    shown = squeezed(answer)
    assert "You submitted this item meanwhile" in shown
    found = [(one.label, one.there, one.here) for one in answer.context["meanwhile"].differences]
    assert found == [("Good?", "Good", "Bad"), ("Correction", "", "No."), ("Note", "first tab", "second tab")]
    assert 'name="seen" value="1"' in shown
    assert Review.objects.values_list("note", "submission_count").get() == ("first tab", 1)
    assert Draft.objects.get().content["note"] == "second tab"

    kept = client.post(line.page(1, "submit"), {**stale, "seen": 1, "keep": "submitted"}, headers=headers)
    assert kept.status_code == (200 if headers else 302)
    assert Draft.objects.count() == 0
    assert "Item 1 stays as you submitted it." in squeezed(kept if headers else client.get(line.page(2)))
    client.post(line.page(1, "submit"), {**stale, "seen": 1}, headers=headers)
    assert Review.objects.values_list("note", "submission_count").get() == ("second tab", 2)
