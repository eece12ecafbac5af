"""A correction as the page shows it while it is typed: what it changes, and the row that comes of it."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from annotation.models import Dataset, Draft, Review
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, run_of
from tests.web.traces.conftest import squeezed

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
HTMX = {"HX-Request": "true"}


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


@pytest.mark.parametrize("depth", [101, 10_000])
def test_a_correction_nested_too_deeply_says_how_deep_it_may_be(
    client: Client, make_line: MakeLine, depth: int
) -> None:
    line = make_line(1)
    client.get(line.start)
    typed = "[" * depth + "]" * depth
    sent = line.form(1, correction=typed, correction_format="json", **{"answer-thumbs": "down"})

    answer = client.post(line.page(1, "submit"), sent)

    assert answer.status_code == 422
    assert "nested too deeply: at most 100 lists and objects" in answer.content.decode()
    assert typed in answer.content.decode()


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
    assert 'class="mono" dir="ltr"' in page
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


def test_the_final_answer_is_never_corrected_as_a_part_of_a_step(client: Client, make_line: MakeLine) -> None:
    line = make_line(1)
    client.get(line.page(1))

    back = client.post(line.page(1, "original"), line.form(1, corrected_part="messages"), headers=HTMX)

    text = squeezed(back)
    assert 'name="correction_format" value="text"' in text
    assert 'hx-swap-oob="true"' in text
    assert "selected" not in text
    assert Draft.objects.count() == 0  # nothing differs from what the page began with
