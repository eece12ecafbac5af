"""A correction starts from no more than its queue shows of the item, whatever run and part a form names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from annotation.models import Draft, Queue, Review, Run
from tests.fixtures.people import People
from tests.web.review.conftest import ANSWER, Line, booking_trace, run_of

pytestmark = pytest.mark.django_db
MakeLine = Callable[..., Line]
SYSTEM, CALL, THOUGHT, MODEL = "You are a booking clerk", "ADVANCE_SAVER", "They will be angry", "gpt-x"
HIDDEN = {"system": "hidden", "tools": "hidden", "reasoning": "hidden", "raw": False}


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    """An item whose two steps hold something of everything."""
    made = make_line(1)
    run = run_of(made.items[0], "final_answer")
    parts = [{"type": "reasoning", "text": THOUGHT}, {"type": "text", "text": ANSWER}]
    run.messages = [
        {"role": "system", "parts": [{"type": "text", "text": SYSTEM}]},
        {"role": "assistant", "parts": parts},
    ]
    run.tool_calls = [{"name": "refund", "arguments": {"rate": CALL}}]
    run.save()
    Run.objects.filter(trace=run.trace).update(
        inputs={"model": MODEL, "messages": [SYSTEM]}, outputs={"model": MODEL, "said": THOUGHT}
    )
    return made


def told(people: People, line: Line, run: Run, part: str) -> set[str]:
    """What of it is in any answer about a correction of this part of the run."""
    client = people.client(people.reviewer)
    form = line.form(
        1, corrected_run=str(run.uuid), corrected_part=part, correction='{"x": 1}', correction_format="json"
    )
    answers = [client.post(line.page(1, act), form) for act in ("original", "row", "diff", "draft")]
    text = "".join(answer.content.decode() for answer in [*answers, client.get(line.page(1))])
    return {words for words in (SYSTEM, CALL, THOUGHT, MODEL) if words in text}


@pytest.mark.parametrize("part", ["", "messages", "tool_call"])
@pytest.mark.parametrize("name", ["final_answer", "get_rate_rules", "booking_agent"])
def test_nothing_hidden_is_a_beginning_or_in_the_preview_of_a_row(
    line: Line, people: People, name: str, part: str
) -> None:
    run = run_of(line.items[0], name)
    Queue.objects.update(blindness={"model": True})
    open_queue = told(people, line, run, part)
    Queue.objects.update(presentation=HIDDEN)
    assert MODEL not in open_queue
    assert SYSTEM in open_queue
    assert told(people, line, run, part) == set()
    Queue.objects.update(presentation={}, blindness={})
    assert MODEL in told(people, line, run, part)


def test_a_row_says_that_it_has_more_than_is_shown(line: Line, people: People) -> None:
    Queue.objects.update(presentation={"raw": False})
    form = line.form(1, correction="Better", correction_format="text")
    row = people.client(people.reviewer).post(line.page(1, "row"), form).content.decode()
    assert "The row has its inputs, too, which this queue does not show." in row
    assert "Better" in row


def test_a_run_of_another_trace_is_no_beginning(line: Line, people: People) -> None:
    foreign = Run.objects.get(trace=booking_trace(people, 7, answer="Of another item"), name="final_answer")
    client = people.client(people.reviewer)
    form = line.form(
        1, corrected_run=str(foreign.uuid), correction="", correction_format="text", **{"answer-thumbs": "up"}
    )
    refused = client.post(line.page(1, "submit"), form)
    assert refused.status_code == 422
    assert Draft.objects.get().content["corrected_run_uuid"] == str(foreign.uuid)
    assert "Of another item" not in refused.content.decode() + client.get(line.page(1)).content.decode()


def test_what_a_blind_form_began_with_is_no_correction(line: Line, people: People) -> None:
    Queue.objects.update(blindness={"model": True})
    run = run_of(line.items[0], "get_rate_rules")
    form = line.form(1, corrected_run=str(run.uuid), correction_format="json", **{"answer-thumbs": "down"})
    client = people.client(people.reviewer)
    client.post(line.page(1, "submit"), {**form, "correction": f'{{"said": "{THOUGHT}"}}'})
    assert Review.objects.get().correction is None
    client.post(line.page(1, "submit"), {**form, "correction": '{"said": "calm"}', "seen": 1})
    assert Review.objects.get().correction == {"said": "calm"}
