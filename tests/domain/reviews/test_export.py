"""All reviews of a queue as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from annotation.domain.datasets.writers import Format
from annotation.domain.queues import items, lifecycle, rubric_versions
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric
from annotation.domain.reviews import adjudicate, export
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Queue
from tests.domain.reviews.conftest import NOON, Bench


def lines(queue: Queue) -> list[dict[str, str]]:
    content = b"".join(export.stream(queue, Format.CSV)).decode()
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_csv_has_a_line_an_item_and_columns_for_every_reviewer(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    Item.objects.update(probability=Decimal("0.25"))
    one: dict[str, Any] = {
        "answers": {"thumbs": "down"},
        "labels": ("Rude", "Wrong policy"),
        "layer": "model",
        "active_ms": 1500,
    }
    bench.submit(bench.one, **one, correction="No.", first_failing_run_uuid=bench.tool.uuid)
    bench.submit(bench.other, answers={"thumbs": "up"}, note="fine")
    (line,) = lines(bench.queue)
    assert [line[name] for name in ("item_id", "trace_id", "state", "probability")] == [
        str(bench.item.uuid), str(bench.trace.uuid), "done", "0.25",
    ]  # fmt: skip
    said = {key: value for key, value in line.items() if ": " in key and value}
    first, second = bench.one.email, bench.other.email
    assert said == {
        f"thumbs: {first}": "down",
        f"thumbs: {second}": "up",
        f"label: {first}": '["Rude","Wrong policy"]',
        f"layer: {first}": "model",
        f"first_failing_run_id: {first}": str(bench.tool.uuid),
        f"correction: {first}": "No.",
        f"correction_state: {first}": "proposed",
        f"note: {second}": "fine",
        f"active_seconds: {first}": "1.5",
    }


def test_nothing_in_a_cell_is_run_as_a_formula(bench: Bench) -> None:
    bench.submit(bench.one, answers={"thumbs": "down"}, note='=HYPERLINK("http://x")', correction="@SUM(1)")
    (line,) = lines(bench.queue)
    assert line[f"note: {bench.one.email}"] == '\'=HYPERLINK("http://x")'
    assert line[f"correction: {bench.one.email}"] == "'@SUM(1)"


def test_answers_to_questions_that_are_asked_no_more_stay_in_it(bench: Bench) -> None:
    bench.submit(bench.one, answers={"thumbs": "down"})
    tone = Question(key="tone", kind=QuestionKind.TEXT, label="Tone?")
    settings = lifecycle.settings_of(bench.queue)
    lifecycle.edit(queue=bench.queue, settings=settings, rubric=Rubric(questions=(tone,)), by=bench.editor)
    (line,) = lines(Queue.objects.get(pk=bench.queue.pk))
    assert line[f"thumbs: {bench.one.email}"] == "down"
    named = list(line)[len(export.ABOUT) :]
    assert named[:5] == [
        "adjudicated_at",
        "adjudicated_by",
        "answer: tone",
        "answer: thumbs",
        f"tone: {bench.one.email}",
    ]
    assert line["answer: thumbs"] == "down"


def test_json_lines_have_a_review_a_line_with_everything(bench: Bench) -> None:
    review = bench.submit(bench.one, answers={"thumbs": "down"}, labels=("Rude",), correction={"text": "No"})
    items.remove(item=bench.item, by=bench.editor)
    (line,) = b"".join(export.stream(bench.queue, Format.JSONL)).splitlines()
    document = json.loads(line)
    assert (document["review_id"], document["item_id"]) == (str(review.uuid), str(bench.item.uuid))
    assert (document["state"], document["rubric_version"]) == ("removed", rubric_versions.current(bench.queue).number)
    assert (document["answers"], document["correction"]) == ({"thumbs": "down"}, {"text": "No"})
    assert [label["name"] for label in document["labels"]] == ["Rude"]
    assert document["submitted_at"] == "2026-03-02T12:00:00+00:00"


def documents(queue: Queue) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(export.stream(queue, Format.JSONL)).splitlines()]


def test_the_answer_that_settled_an_item_is_in_it_and_no_review_of_its_own(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2, decides="editor")
    bench.submit(bench.one, answers={"thumbs": "down"})
    bench.submit(bench.other, answers={"thumbs": "up"})
    (line,) = lines(bench.queue)
    assert (line["state"], line["answer: thumbs"], line["adjudicated_by"]) == ("disagreement", "", "")
    adjudicate.write(item=bench.item, answers=ReviewInput(answers={"thumbs": "down"}), by=bench.editor, now=NOON)
    (line,) = lines(bench.queue)
    settled = [line[name] for name in ("state", "answer: thumbs", "adjudicated_by", "adjudicated_at")]
    assert settled == ["done", "down", bench.editor.email, "2026-03-02T12:00:00+00:00"]
    assert f"thumbs: {bench.editor.email}" not in line
    for document in documents(bench.queue):
        assert document["reviewer"] != bench.editor.email
        assert (document["answer"], document["adjudicated_by"]) == ({"thumbs": "down"}, bench.editor.email)
    assert len(documents(bench.queue)) == 2


def test_an_item_that_nobody_settled_has_the_answers_that_all_gave(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers_per_item=2)
    asked = Rubric(
        questions=(
            Question(key="good", kind=QuestionKind.THUMBS, label="Good?"),
            Question(key="grade", kind=QuestionKind.NUMBER, label="Grade"),
            Question(key="why", kind=QuestionKind.TEXT, label="Why?"),
        )
    )
    rubric_versions.publish(queue=bench.queue, asked=asked, by=None)
    bench.submit(bench.one, answers={"good": "up", "grade": 3, "why": "late"})
    assert documents(bench.queue)[0]["answer"] == {}
    bench.submit(bench.other, answers={"good": "up", "grade": 4})
    assert documents(bench.queue)[0]["answer"] == {"good": "up", "why": "late"}


def test_of_a_queue_without_reviews_a_head_line_or_nothing_comes(bench: Bench) -> None:
    head = ",".join([*export.ABOUT, *export.SETTLED, "answer: thumbs"])
    assert b"".join(export.stream(bench.queue, Format.CSV)).decode() == f"{head}\r\n"
    assert b"".join(export.stream(bench.queue, Format.JSONL)) == b""


def test_a_file_is_called_after_its_queue(bench: Bench) -> None:
    bench.queue.name = "Refunds / März"
    assert export.file_name(bench.queue, Format.CSV) == "refunds-marz-reviews.csv"
