"""Questions that are asked of each step of a type: which steps, what is needed, what becomes of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from annotation.domain.datasets.writers import Format
from annotation.domain.queues import rubric_versions
from annotation.domain.queues.conditions import Condition, Steps
from annotation.domain.queues.rubric import Option, Question, QuestionKind, Rubric, default, read
from annotation.domain.reviews import adjudicate, asked_steps, export, history, side_by_side, undo
from annotation.domain.reviews.asked_steps import MOST_ASKED, Step
from annotation.domain.reviews.content import ReviewInput, StepJudgement
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.models import Feedback, Item, Queue, Review, Run, Trace
from tests.domain.reviews.conftest import BAD, NOON, Bench
from tests.factories.traces import RunFactory

TOOLS = Question(
    key="call", kind=QuestionKind.CHOICE, label="Was the call right?", is_required=True, of=Steps(type="tool"),
    options=(Option(key="right", label="Right"), Option(key="wrong", label="Wrong")),
)  # fmt: skip
SEARCH = Question(key="found", kind=QuestionKind.THUMBS, label="Found it?", of=Steps(type="tool", name="search"))
ASKED = Rubric(questions=(*default().questions, TOOLS, SEARCH))


@pytest.fixture
def asking(make_bench: Callable[..., Bench]) -> Bench:
    """A trace with the tool calls "refund" (`bench.tool`) and "search", and a model call."""
    bench = make_bench(reviewers_per_item=2)
    RunFactory(trace=bench.trace, type="tool", name="search")
    rubric_versions.publish(queue=bench.queue, asked=ASKED, by=None)
    return bench


def search_of(bench: Bench) -> Run:
    return Run.objects.get(trace=bench.trace, name="search")


def said(run: Run, **answers: object) -> StepJudgement:
    return StepJudgement.model_validate({"run": run.uuid, "answers": answers})


def test_questions_about_steps_stand_apart_and_read_as_they_were_written() -> None:
    assert [one.key for one in ASKED.questions] == ["thumbs"]
    assert [one.key for one in ASKED.step_questions] == ["call", "found"]
    document = ASKED.document()
    assert [one.get("of") for one in document["questions"]] == [
        None, {"type": "tool", "name": ""}, {"type": "tool", "name": "search"},
    ]  # fmt: skip
    assert read(json.loads(json.dumps(document))) == ASKED


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ({"key": "thumbs", "kind": "thumbs"}, "kept for the whole"),
        ({"kind": "assertions"}, "asked of the whole, not of single steps"),
        ({"kind": "text", "visible_if": Condition(question="thumbs")}, "asked of each of them"),
        ({"kind": "text", "of": {"type": "Tool!"}}, "type"),
    ],
)
def test_what_cannot_be_asked_of_steps_is_refused(field: dict[str, object], message: str) -> None:
    document = {"key": "a", "kind": "text", "label": "A", "of": {"type": "tool"}} | field
    with pytest.raises(ValidationError, match=message):
        Rubric.model_validate({"questions": [document]})


@pytest.mark.django_db
def test_answers_are_feedback_on_their_steps_and_no_word_on_the_trace(asking: Bench) -> None:
    search = search_of(asking)
    steps = [said(asking.tool, call="wrong"), said(search, call="right", found="up")]
    review = asking.submit(asking.one, answers={"thumbs": "up"}, steps=steps)
    assert review.steps == [
        {"run": str(asking.tool.uuid), "answers": {"call": "wrong"}},
        {"run": str(search.uuid), "answers": {"call": "right", "found": "up"}},
    ]
    rows = Feedback.objects.filter(target="run").order_by("id").values_list("run_uuid", "key", "value", "score")
    assert list(rows) == [
        (asking.tool.uuid, "call", "wrong", None),
        (search.uuid, "call", "right", None),
        (search.uuid, "found", None, 1.0),
    ]
    assert Trace.objects.get(pk=asking.trace.pk).verdict == "good"


@pytest.mark.django_db
def test_every_step_of_a_required_question_needs_its_answer(asking: Bench) -> None:
    with pytest.raises(InvalidReviewError) as refused:
        asking.submit(asking.one, **BAD)
    assert refused.value.by_key == {"call": "“Was the call right?” needs an answer for 2 of 2 steps: no. 1, 2."}
    with pytest.raises(InvalidReviewError) as refused:
        asking.submit(
            asking.one, **BAD, steps=[said(asking.tool, call="right", found="up"), said(asking.answer, call="right")]
        )
    assert refused.value.by_key == {
        "call": "“Was the call right?” needs an answer for 1 of 2 steps: no. 2.",
        "found": "“Found it?” is not asked of this step; answer it for its own.",
    }
    with pytest.raises(InvalidReviewError, match="takes one of: right, wrong"):
        asking.submit(
            asking.one, **BAD, steps=[said(asking.tool, call="perhaps"), said(search_of(asking), call="right")]
        )
    with pytest.raises(InvalidReviewError, match="has no question “mood” about single steps"):
        asking.submit(asking.one, **BAD, steps=[said(asking.tool, mood="x")])
    assert Review.objects.count() == 0


@pytest.mark.django_db
def test_of_hundreds_of_steps_some_are_asked_spread_evenly_and_all_may_be_answered(asking: Bench) -> None:
    runs = [RunFactory(trace=asking.trace, type="tool", name=f"call {n}", start_nano=n) for n in range(300)]
    calls, _search = asked_steps.of_item(asking.item, ASKED)
    assert (len(calls.all), len(calls.steps)) == (302, MOST_ASKED)
    steps = [StepJudgement(run=step.uuid, answers={"call": "right"}) for step in calls.steps]
    beside = next(run for run in runs if run.uuid not in {step.uuid for step in calls.steps})
    review = asking.submit(asking.one, **BAD, steps=[*steps, said(beside, call="wrong")])
    assert len(review.steps) == MOST_ASKED + 1
    assert asked_steps.answered(calls, steps[:7]) == 7


@given(st.integers(0, 400))
def test_spread_takes_each_once_in_order_and_from_everywhere(count: int) -> None:
    steps = [Step(UUID(int=place), "tool", "") for place in range(count)]
    found = [step.uuid.int for step in asked_steps.spread(steps)]
    assert found == sorted(set(found))
    assert len(found) == min(count, MOST_ASKED)
    gaps = [after - before for before, after in zip(found, [*found[1:], count][: len(found)], strict=True)]
    assert not gaps or max(gaps) - min(gaps) <= 1


@pytest.mark.django_db
def test_an_item_without_such_steps_is_asked_nothing_of_them(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(presentation={"tools": "hidden"})
    rubric_versions.publish(queue=bench.queue, asked=ASKED, by=None)
    assert asked_steps.of_item(bench.item, ASKED) == (), "reviewers do not see them"
    Queue.objects.update(presentation={})
    Run.objects.filter(type="tool").update(type="chain")
    assert asked_steps.of_item(Item.objects.get(), ASKED) == ()
    assert bench.submit(bench.one, **BAD).steps == []


@pytest.mark.django_db
def test_edits_undo_and_exports_have_them_and_an_adjudicator_need_not_answer_them(asking: Bench) -> None:
    both = [said(asking.tool, call="wrong"), said(search_of(asking), call="right")]
    review = asking.submit(asking.one, **BAD, steps=both)
    edited = asking.submit(asking.one, **BAD, steps=[both[0], said(search_of(asking), call="wrong")])
    assert edited.submission_count == 2
    assert [[(step.label, step.answer) for step in one.steps] for one in history.versions(edited)] == [
        [("refund", "Was the call right? Wrong"), ("search", "Was the call right? Wrong")],
        [("refund", "Was the call right? Wrong"), ("search", "Was the call right? Right")],
    ]
    undo.undo(review=review, by=asking.one, now=NOON)
    assert history.as_input(Review.objects.get()).steps == tuple(both)
    (line,) = [json.loads(line) for line in b"".join(export.stream(asking.queue, Format.JSONL)).splitlines()]
    assert [(step["run"], step["answers"]) for step in line["steps"]] == [
        (str(step.run), step.answers) for step in both
    ]
    assert '""call"":""wrong""' in b"".join(export.stream(asking.queue, Format.CSV)).decode()
    asking.submit(asking.other, answers={"thumbs": "up"}, steps=[both[0].model_copy(update={"thumb": "down"}), both[1]])
    (row,) = [row for row in side_by_side.comparison(Item.objects.get()).rows if row.label == "Single steps"]
    assert [cell.words for cell in row.cells] == [
        ("refund: Was the call right? Wrong", "search: Was the call right? Right"),
        ("refund: bad, Was the call right? Wrong", "search: Was the call right? Right"),
    ]
    adjudicate.write(item=asking.item, answers=ReviewInput(answers={"thumbs": "up"}), by=asking.editor, now=NOON)
    assert Review.every.get(is_adjudication=True).answers == {"thumbs": "up"}
