"""Answers about single steps that differ: told apart step by step, settled, measured and exported."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from annotation.domain.datasets.writers import Format
from annotation.domain.queues import lifecycle, rubric_versions
from annotation.domain.queues.conditions import Steps
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric, default
from annotation.domain.reviews import adjudicate, export, exporting, side_by_side
from annotation.domain.reviews.content import ReviewInput, StepJudgement
from annotation.domain.reviews.quality import figures, own, queries
from annotation.models import Item, Queue, Review, Run
from tests.domain.reviews.conftest import NOON, Bench
from tests.factories.traces import RunFactory

RIGHT = Question(key="call", kind=QuestionKind.THUMBS, label="Was the call right?", of=Steps(type="tool"))
WHY = Question(key="why", kind=QuestionKind.TEXT, label="Why?", of=Steps(type="tool"))
GOOD = {"thumbs": "up"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(make_bench: Callable[..., Bench]) -> Bench:
    """A trace with the tool calls "refund" (`bench.tool`) and "search"; an editor decides."""
    bench = make_bench(reviewers_per_item=2, decides="editor")
    RunFactory(trace=bench.trace, type="tool", name="search")
    rubric_versions.publish(
        queue=bench.queue, asked=Rubric(questions=(*default().questions, RIGHT, WHY)), by=bench.editor
    )
    return bench


def about(bench: Bench, refund: str, search: str = "", why: str = "") -> list[StepJudgement]:
    found = Run.objects.get(trace=bench.trace, name="search")
    said = {bench.tool.uuid: {"call": refund, "why": why}, found.uuid: {"call": search}}
    given = {run: {key: value for key, value in answers.items() if value} for run, answers in said.items()}
    return [StepJudgement.model_validate({"run": run, "answers": one}) for run, one in given.items() if one]


def split(bench: Bench) -> None:
    """Both find the whole good, and the search right; of the refund one says so and the other not."""
    bench.submit(bench.one, answers=GOOD, steps=about(bench, "down", "up", why="Saver rate."))
    bench.submit(bench.other, answers=GOOD, steps=about(bench, "up", "up", why="As asked."))


def test_two_answers_about_one_step_are_a_disagreement_and_about_two_steps_none(asking: Bench) -> None:
    bench = asking
    bench.submit(bench.one, answers=GOOD, steps=about(bench, "down"))
    bench.submit(bench.other, answers=GOOD, steps=about(bench, "", "up"))
    assert Item.objects.get().state == "done"
    bench.submit(bench.other, answers=GOOD, steps=about(bench, "up", "up"))
    assert Item.objects.get().state == "disagreement"
    bench.submit(bench.one, answers=GOOD, steps=about(bench, "up"))
    assert Item.objects.get().state == "done"


def test_they_are_found_when_a_queue_begins_to_have_somebody_decide(asking: Bench) -> None:
    Queue.objects.update(decides="nobody")
    split(asking)
    assert Item.objects.get().state == "done"
    queue = Queue.objects.get()
    for decides, state in (("editor", "disagreement"), ("nobody", "done")):
        queue.decides = decides
        lifecycle.edit(
            queue=queue,
            settings=lifecycle.settings_of(queue),
            rubric=rubric_versions.questions_of(queue),
            by=asking.editor,
        )
        assert Item.objects.get().state == state


def test_what_differs_has_a_row_of_its_own_and_all_else_stands_with_its_step(asking: Bench) -> None:
    split(asking)
    shown = side_by_side.comparison(Item.objects.get())
    assert (shown.disputed, shown.differing_keys) == (("Was the call right?",), ("call",))
    first, *rest = shown.rows
    assert (first.label, first.step) == ("Was the call right?", side_by_side.Step(asking.tool.uuid, "refund"))
    assert (first.is_disputed, [cell.words for cell in first.cells]) == (True, [("Bad",), ("Good",)])
    (steps,) = [row for row in rest if row.label == "Single steps"]
    assert [cell.words for cell in steps.cells] == [
        ("refund: Why? Saver rate.", "search: Was the call right? Good"),
        ("refund: Why? As asked.", "search: Was the call right? Good"),
    ]
    assert [one.labels for one in side_by_side.waiting(Item.objects.all(), asking.queue, 5)] == [shown.disputed]


def test_agreement_is_by_step_and_texts_are_left_out(asking: Bench) -> None:
    split(asking)
    found = queries.overview(asking.queue)
    (one,) = [one for one in found.agreements if one.asked.key == "call"]
    assert (one.asked.is_of_steps, one.items, one.disagreed, one.reviewers, one.raw) == (True, 2, 1, 2, 0.5)
    assert [(share.label, share.count) for share in one.balance] == [("Bad", 1), ("Good", 3)]
    apart = figures.disagreed(figures.units(found.given, "call"))
    (listed,) = queries.splits(found, one.asked, apart)
    assert (listed.item, listed.step, listed.step_name) == (asking.item, str(asking.tool.uuid), "refund")
    assert sorted(word.answer for word in listed.words) == ["Bad", "Good"]
    assert (found.left_out[0].label, found.left_out[0].reason.split(":")[0]) == ("Why?", "Free text")


def test_a_reviewer_is_told_how_often_others_said_the_same_of_a_step(asking: Bench) -> None:
    split(asking)
    adjudicate.take(item=asking.item, review=Review.objects.get(reviewer=asking.one).uuid, by=asking.editor, now=NOON)
    (work,) = own.work(Queue.objects.all(), asking.one)
    rates = {one.asked.key: (one.rate.right, one.rate.of) for one in work.with_others}
    assert rates == {"thumbs": (1, 1), "call": (1, 2)}


def test_the_word_on_a_step_is_in_the_exports(asking: Bench) -> None:
    split(asking)
    refund, search = str(asking.tool.uuid), str(Run.objects.get(name="search").uuid)
    written = ReviewInput(answers={**GOOD}, steps=tuple(about(asking, "down", "up")))
    adjudicate.write(item=asking.item, answers=written, by=asking.editor, now=NOON)
    lines = [json.loads(line) for line in b"".join(export.stream(asking.queue, Format.JSONL)).splitlines()]
    assert [line["step_answers"] for line in lines] == [{"call": {refund: "down", search: "up"}}] * 2
    for file in (
        export.stream(asking.queue, Format.CSV),
        exporting.finished(asking.queue, exporting.Window(), with_reviewers=True),
    ):
        (row,) = csv.DictReader(io.StringIO(b"".join(file).decode(), newline=""))
        assert json.loads(row["answer: call"]) == {refund: "down", search: "up"}
        assert json.loads(row[f"call: {asking.other.email}"]) == {refund: "up", search: "up"}
        assert (row["answer: thumbs"], row["adjudicated_by"]) == ("up", asking.editor.email)
        assert row["adjudicated_at"] == NOON.isoformat()
        assert f"thumbs: {asking.editor.email}" not in row
