"""Correcting what is not an answer: a tool call, or all messages of a step."""

from typing import Any

import pytest

from annotation.domain.reviews import correct, history, originals
from annotation.domain.reviews.originals import Original
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import Example, Run
from tests.domain.reviews.conftest import BAD, NOON, Bench

pytestmark = pytest.mark.django_db
CALL = {"id": "c1", "name": "refund", "arguments": {"amount": 418}}
SAID = [{"role": "user", "parts": [{"type": "text", "text": "hi"}]}]


@pytest.fixture
def spoken(bench: Bench) -> Bench:
    Run.objects.filter(pk=bench.answer.pk).update(tool_calls=[CALL], messages=SAID)
    Run.objects.filter(pk=bench.tool.pk).update(tool={"name": "refund", "arguments": {"amount": 418}, "result": None})
    bench.claim(bench.one)
    return bench


def test_the_originals_of_the_parts(spoken: Bench) -> None:
    calls = {"tool_calls": [{"name": "refund", "arguments": {"amount": 418}}]}
    trace, model, tool = spoken.trace.uuid, spoken.answer.uuid, spoken.tool.uuid
    asked = {"input": "Can I get a refund?"}
    assert originals.original(spoken.item, model, "tool_call") == Original(
        trace, model, {"messages": ["hi"]}, calls, "", "llm", "tool_call"
    )
    assert originals.original(spoken.item, tool, "tool_call") == Original(
        trace, tool, asked, calls, "", "tool", "tool_call"
    )
    assert originals.original(spoken.item, model, "messages").outputs == {"messages": SAID}
    assert originals.original(spoken.item, model).text == "Yes"


@pytest.mark.parametrize(
    ("part", "correction"),
    [
        ("tool_call", {"tool_calls": [{"name": "refund", "arguments": {"amount": 0}}]}),
        ("messages", {"messages": [*SAID, {"role": "assistant", "parts": []}]}),
    ],
)
def test_a_corrected_part_becomes_a_row(spoken: Bench, part: str, correction: Any) -> None:
    given = {"correction": correction, "corrected_run_uuid": spoken.answer.uuid, "corrected_part": part}
    review = spoken.submit(spoken.one, **BAD, **given)
    assert history.as_input(review).corrected_part == part
    correct.accept(review=review, by=spoken.editor, now=NOON)
    row = Example.objects.get()
    assert (row.inputs, row.outputs) == ({"messages": ["hi"]}, correction)


def test_an_unchanged_part_is_no_correction(spoken: Bench) -> None:
    same = originals.original(spoken.item, spoken.answer.uuid, "tool_call").outputs
    given = {"correction": same, "corrected_run_uuid": spoken.answer.uuid, "corrected_part": "tool_call"}
    review = spoken.submit(spoken.one, **BAD, **given)
    assert (review.correction, review.corrected_run_uuid, review.corrected_part) == (None, None, "")


@pytest.mark.parametrize(("part", "correction"), [("tool_call", "as text"), ("something", {"a": 1})])
def test_what_is_no_part_is_refused(spoken: Bench, part: str, correction: Any) -> None:
    given = {"correction": correction, "corrected_run_uuid": spoken.answer.uuid, "corrected_part": part}
    with pytest.raises(InvalidReviewError) as refused:
        spoken.submit(spoken.one, **BAD, **given)
    assert list(refused.value.by_key) == ["correction"]
