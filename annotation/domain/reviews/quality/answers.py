"""What reviewers answered in a queue, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from annotation.domain.queues import rubric
from annotation.domain.queues.pairs import PREFERENCE
from annotation.domain.reviews.content import read_labels
from annotation.domain.reviews.quality.comparable import FIRST_FAILING_STEP, LABELS, LAYER, SCALES
from annotation.domain.reviews.quality.figures import Given, Unit
from annotation.models import FailureMode, Item, Queue, Review, RubricVersion

MOST = 20_000
"""Figures are over the latest so many reviews."""


def given(queue: Queue) -> list[Given]:
    """The latest MOST reviews of items that stand in the queue."""
    rows = Review.objects.filter(item__queue=queue).exclude(item__state=Item.State.REMOVED)
    return read(rows.order_by("-id")[:MOST])


def read(reviews: QuerySet[Review]) -> list[Given]:
    """What these reviews say, parts included that their rubric asks for; labels under their present names."""
    found = list(
        reviews.values_list(
            "item_id", "reviewer_id", "rubric_id", "answers", "labels", "layer", "first_failing_run_uuid", "steps"
        )
    )
    asked = {
        version.pk: rubric.read(version.questions)
        for version in RubricVersion.objects.filter(pk__in={row[2] for row in found})
    }
    names = _names([label for row in found for label in row[4]])
    return [one for row in found for one in (_given(row, asked[row[2]], names), *_of_steps(row, asked[row[2]]))]


def _given(row: Sequence[Any], asked: rubric.Rubric, names: dict[UUID, str]) -> Given:
    item, reviewer, _version, answers, labels, layer, failing, _steps = row
    if PREFERENCE in answers:  # of a pair, which is asked nothing else
        return Given(Unit(item), reviewer, {PREFERENCE: answers[PREFERENCE]})
    values = _values(asked.questions, answers)
    if asked.parts.labels:
        values[LABELS] = frozenset(names.get(label.failure_mode, label.name) for label in read_labels(labels))
    if layer:
        values[LAYER] = layer
    if failing:
        values[FIRST_FAILING_STEP] = str(failing)
    return Given(Unit(item), reviewer, values)


def _of_steps(row: Sequence[Any], asked: rubric.Rubric) -> Iterator[Given]:
    """What was answered to questions about steps, each step a unit of its own."""
    item, reviewer, *_, steps = row
    for step in steps if asked.step_questions else ():
        if values := _values(asked.step_questions, step.get("answers", {})):
            yield Given(Unit(item, step["run"]), reviewer, values)


def _values(questions: Iterable[rubric.Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        question.key: _comparable(question, answers[question.key])
        for question in questions
        if question.key in answers and question.kind in SCALES
    }


def _comparable(question: rubric.Question, value: Any) -> Any:
    """A set where the order says nothing, a tuple where it says all."""
    if not isinstance(value, list):
        return value
    return tuple(value) if question.kind is rubric.QuestionKind.RANKING else frozenset(value)


def _names(labels: list[dict[str, Any]]) -> dict[UUID, str]:
    """What the failure modes are called now; merged ones are what they became."""
    uuids = {label["failure_mode"] for label in labels}
    rows = FailureMode.objects.filter(uuid__in=uuids).values_list("uuid", "name", "merged_into__name")
    return {uuid: became or name for uuid, name, became in rows}
