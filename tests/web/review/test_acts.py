"""Submitting, skipping, flagging, undoing, and what the page keeps meanwhile: as plain forms and by htmx."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric
from annotation.models import Dataset, Draft, FailureMode, Feedback, Item, Reservation, Review, Skip
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, run_of
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


@pytest.fixture
def client(people: People) -> Client:
    return people.client(people.reviewer)


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
    assert page.strip().startswith('<div class="page" id="review-page"')
    assert "Can I cancel booking TX-2?" in page
    assert "<html" not in page


def test_after_the_last_item_htmx_gets_the_end(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)

    answer = client.post(line.page(1, "submit"), line.form(1, **{"answer-thumbs": "up"}), headers=HTMX)

    assert (answer.status_code, answer["HX-Push-Url"]) == (200, line.start)
    assert "All done here" in answer.content.decode()
    assert "Undo the review of item 1" in answer.content.decode()


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


def test_the_original_is_no_correction(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, answer="First line\r\nSecond line")
    client.get(line.start)

    client.post(
        line.page(1, "submit"),
        line.form(1, correction="First line\r\nSecond line", correction_format="text", **{"answer-thumbs": "up"}),
    )

    assert Review.objects.get().correction is None


def test_a_correction_that_is_no_json_comes_back_as_typed(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    sent = line.form(1, correction='{"refund": maybe', correction_format="json", **{"answer-thumbs": "down"})

    answer = client.post(line.page(1, "submit"), sent)

    assert answer.status_code == 422
    assert "This is not JSON" in answer.content.decode()
    assert "{&quot;refund&quot;: maybe" in answer.content.decode()


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


def test_skipping_keeps_the_draft_and_says_why(client: Client, make_line: MakeLine) -> None:
    line = make_line(2)
    client.get(line.start)

    answer = client.post(line.page(1, "skip"), line.form(1, skip_reason="not my field", note="later"), headers=HTMX)

    assert answer["HX-Push-Url"] == line.page(2)
    assert Skip.objects.values_list("item__number", "reason").get() == (1, "not my field")
    assert Draft.objects.get().content["note"] == "later"


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


def test_shows_what_the_correction_changes(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    typed = ANSWER.replace("fully refundable", "not refundable")

    shown = client.post(line.page(1, "diff"), line.form(1, correction=typed, correction_format="text"), headers=HTMX)

    page = shown.content.decode()
    assert "<del>fully</del><ins>not</ins>" in page
    assert page.strip().startswith('<div id="correction-diff"')


def test_starts_over_from_another_answer_and_keeps_the_rest(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    run = run_of(line.items[0], "final_answer")
    run.output_text = "What the model said."
    run.save()

    fresh = client.post(
        line.page(1, "original"), line.form(1, corrected_run=run.uuid, note="kept", correction="typed"), headers=HTMX
    )

    assert "What the model said.</textarea>" in fresh.content.decode()
    assert Draft.objects.get().content["note"] == "kept"
    assert Draft.objects.get().content["corrected_run_uuid"] == str(run.uuid)


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


def test_editing_shows_what_was_given_and_says_so(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.start)
    client.post(line.page(1, "submit"), line.form(1, note="first", **{"answer-thumbs": "up"}))

    page = client.get(line.page(1)).content.decode()
    client.post(line.page(1, "submit"), line.form(1, seen=1, note="second", **{"answer-thumbs": "down"}))

    assert "editing your review" in page
    assert "first" in page
    assert Review.objects.values_list("note", "submission_count").get() == ("second", 2)


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


def test_says_when_the_dataset_would_not_take_the_correction(
    people: People, client: Client, make_line: MakeLine
) -> None:
    schema = {"outputs": {"type": "object", "properties": {"output": {"type": "string", "maxLength": 10}}}}
    dataset = Dataset.objects.create(workspace=people.workspace, name="refunds", schema=schema)
    line = make_line(1, target_dataset=dataset)
    client.get(line.start)

    shown = client.post(line.page(1, "diff"), line.form(1, correction="Much longer than ten"), headers=HTMX)

    assert "refunds would not take this as a row" in shown.content.decode()


def test_json_is_compared_along_its_structure(client: Client, make_line: MakeLine) -> None:
    line = make_line(1, answer="")
    run = run_of(line.items[0], "booking_agent")
    run.outputs = {"refundable": True, "total": 418}
    run.save()
    client.get(line.start)
    typed = json.dumps({"refundable": False, "total": 418})

    page = squeezed(client.get(line.page(1)))
    shown = client.post(line.page(1, "diff"), line.form(1, correction=typed, correction_format="json"), headers=HTMX)
    half = client.post(line.page(1, "diff"), line.form(1, correction='{"ref', correction_format="json"), headers=HTMX)

    assert 'name="correction_format" value="json"' in page
    assert "<del>refundable: true</del>" in shown.content.decode()
    assert "<ins>refundable: false</ins>" in shown.content.decode()
    assert "Not JSON yet" in half.content.decode()


def test_the_row_that_will_come_out_is_shown_as_it_will_be(people: People, make_line: MakeLine) -> None:
    schema = {"outputs": {"type": "object", "required": ["tool_calls"]}}
    dataset = Dataset.objects.create(workspace=people.workspace, name="Rows", schema=schema)
    line = make_line(1, target_dataset=dataset)
    client = people.client(people.reviewer)
    client.get(line.page(1))
    run = run_of(line.items[0], "get_rate_rules")
    part = {"corrected_run": str(run.uuid), "corrected_part": "tool_call"}

    original = squeezed(client.post(line.page(1, "original"), line.form(1, **part), headers={"hx-request": "true"}))
    assert "ADVANCE_SAVER" in original
    assert 'name="correction_format" value="json"' in original
    nothing = squeezed(client.post(line.page(1, "row"), line.form(1, **part)))
    assert "Nothing is corrected yet" in nothing
    typed = {"correction": '{"tool_calls": [{"name": "get_rate_rules", "arguments": {}}]}', "correction_format": "json"}
    shown = squeezed(client.post(line.page(1, "row"), line.form(1, **part, **typed)))
    assert "Can I cancel booking TX-1?" in shown
    assert "&quot;arguments&quot;: {}" in shown
    assert "problem" not in shown
    text = {"correction": "No.", "correction_format": "text"}
    assert "outputs: " in squeezed(client.post(line.page(1, "row"), line.form(1, **text)))
    broken = {"correction": "{", "correction_format": "json"}
    assert "This is not JSON" in squeezed(client.post(line.page(1, "row"), line.form(1, **part, **broken)))
