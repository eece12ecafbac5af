"""All reviews of a queue as a file: JSON Lines with one review a line, or CSV with one item a line; and what settled the item.

Ids are the ones of the REST interface, so that an export joins with traces, datasets and other exports.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.utils.text import slugify

from annotation.domain.datasets.content import canonical
from annotation.domain.datasets.writers import Format, csv_line
from annotation.domain.queues import disputes, rubric, rubric_versions
from annotation.domain.queues.pairs import PREFERENCE
from annotation.domain.reviews import answer
from annotation.domain.reviews.content import read_labels, read_steps
from annotation.models import Item, Queue, Review

BATCH = 200
ABOUT = ("item_id", "number", "kind", "trace_id", "run_id", "other_trace_id", "thread_id", "state", "probability")
SETTLED = ("adjudicated_at", "adjudicated_by")
PARTS = ("label", "layer", "first_failing_run_id", "correction", "correction_state", "note", "steps", "active_seconds")


def stream(queue: Queue, form: Format) -> Iterator[bytes]:
    """The file in pieces, oldest items first; removed items and their reviews are in it, with their state."""
    return _jsonl(queue) if form is Format.JSONL else _csv(queue)


def file_name(queue: Queue, form: Format) -> str:
    """What a download is called."""
    return f"{slugify(queue.name) or 'queue'}-reviews.{form.value}"


def _jsonl(queue: Queue) -> Iterator[bytes]:
    for item in _items(queue):
        points = _points(item)
        for review in item.reviews.all():
            if not review.is_adjudication:
                yield canonical(_document(item, review, points)).encode() + b"\n"


def _csv(queue: Queue) -> Iterator[bytes]:
    """A line an item: its one answer; then every reviewer has a column of their own for every question and part.

    Answers to a question about steps stand in one cell, as JSON by the step's id.
    """
    questions, people = _question_keys(queue), _people(queue)
    keys = [*questions, *PARTS]
    yield csv_line(
        [
            *ABOUT,
            *SETTLED,
            *(f"answer: {key}" for key in questions),
            *(f"{key}: {one}" for key in keys for one in people),
        ]
    )
    for item in _items(queue):
        word = one_answer(item)
        by = {review.reviewer.email: _answers(review) for review in item.reviews.all() if not review.is_adjudication}
        given = [by.get(person, {}).get(key) for key in keys for person in people]
        yield csv_line([*_about(item).values(), *settled(item).values(), *(word.get(key) for key in questions), *given])


def _items(queue: Queue) -> Iterator[Item]:
    """Items that anybody reviewed, with their reviews and the answer that somebody wrote; a batch at a time."""
    reviews = Prefetch("reviews", Review.every.select_related("reviewer", "rubric").order_by("id"))
    rows = Item.objects.filter(queue=queue, review_count__gt=0).select_related("adjudicated_by")
    rows = rows.prefetch_related(reviews).order_by("pk")
    last = 0
    while items := list(rows.filter(pk__gt=last)[:BATCH]):
        yield from items
        last = items[-1].pk


def _question_keys(queue: Queue) -> list[str]:
    """Of all versions of the rubric, the present one's first."""
    versions = queue.rubric_versions.order_by("-number").values_list("questions", flat=True)
    asked = [rubric_versions.questions_of(queue), *(rubric.read(questions) for questions in versions)]
    keys = [question.key for one in asked for question in (*one.questions, *one.step_questions)]
    has_pairs = Item.objects.filter(queue=queue, kind=Item.Kind.PAIR).exists()
    return list(dict.fromkeys([*keys, *([PREFERENCE] if has_pairs else [])]))


def _people(queue: Queue) -> list[str]:
    return sorted(set(Review.objects.filter(item__queue=queue).values_list("reviewer__email", flat=True)))


def _about(item: Item) -> dict[str, Any]:
    ids = (item.trace_uuid, item.run_uuid, item.other_trace_uuid)
    named = [str(uuid) if uuid else None for uuid in ids]
    chance = None if item.probability is None else float(item.probability)
    return dict(
        zip(ABOUT, (str(item.uuid), item.number, item.kind, *named, item.thread_id, item.state, chance), strict=True)
    )


def one_answer(item: Item) -> dict[str, Any]:
    """The item's one answer by question key, as far as it has one; to a question about steps by the step's id."""
    points = _points(item)
    return answer.whole(points) | answer.by_step(points)


def _points(item: Item) -> disputes.Answers:
    return answer.points(item.state, list(item.reviews.all()))


def said(review: Review) -> dict[str, Any]:
    """What one reviewer answered by question key; to a question about steps by the step's id."""
    return {**review.answers, **answer.by_step(disputes.answers({}, review.steps))}


def settled(item: Item) -> dict[str, Any]:
    """When somebody had to settle it, and who did; nobody where that was the majority."""
    at = item.adjudicated_at
    return dict(zip(SETTLED, (at and at.isoformat(), item.adjudicated_by and item.adjudicated_by.email), strict=True))


def _answers(review: Review) -> dict[str, Any]:
    """What one reviewer said, by question key and part."""
    failing = review.first_failing_run_uuid
    return {
        **said(review),
        "label": [label.name for label in read_labels(review.labels)] or None,
        "layer": review.layer or None,
        "first_failing_run_id": str(failing) if failing else None,
        "correction": review.correction,
        "correction_state": review.correction_state if review.correction_state != Review.Correction.NONE else None,
        "note": review.note or None,
        "steps": review.steps or None,
        "active_seconds": review.active_ms / 1000 if review.active_ms else None,
    }


def _document(item: Item, review: Review, points: disputes.Answers) -> dict[str, Any]:
    """A line; `points` is the item's one answer."""
    corrected = review.corrected_run_uuid
    return {
        "review_id": str(review.uuid),
        **_about(item),
        "reason": item.reason,
        **settled(item),
        "answer": answer.whole(points),
        "step_answers": answer.by_step(points),
        "reviewer": review.reviewer.email,
        "rubric_version": review.rubric.number,
        "answers": review.answers,
        "labels": [label.model_dump(mode="json") for label in read_labels(review.labels)],
        **{name: value for name, value in _answers(review).items() if name in PARTS and name not in {"label", "steps"}},
        "steps": [step.model_dump(mode="json") for step in read_steps(review.steps)],
        "corrected_run_id": str(corrected) if corrected else None,
        "corrected_part": review.corrected_part or None,
        "is_swapped": review.is_swapped,
        "is_authoritative": review.is_authoritative,
        "blindness": review.blindness,
        "submission_count": review.submission_count,
        "submitted_at": review.submitted_at.isoformat(),
        "modified_at": review.modified_at.isoformat(),
    }
