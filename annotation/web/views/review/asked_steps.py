"""The questions about single steps as the page shows them: by step, with how far each question is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from annotation.domain.queues import blindness
from annotation.domain.queues.rubric import Question
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import asked_steps
from annotation.domain.reviews.asked_steps import Asked, Step
from annotation.domain.reviews.opening import Opened
from annotation.domain.traces import veiled
from annotation.models import Run
from annotation.web.forms.review_fields import QuestionField, ReviewFields


@dataclass(frozen=True, slots=True)
class AskedStep:
    """A step with its questions; `place` counts from 1 among the `count` steps that are asked about."""

    run: UUID
    name: str
    place: int
    count: int
    fields: tuple[QuestionField, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the `asked` steps of a question have their answer; `total` is how many such steps there are at all,
    `field` says what is new about it.
    """

    question: Question
    kind: str
    answered: int
    asked: int
    total: int
    problem: str
    field: QuestionField


@dataclass(frozen=True, slots=True)
class AskedOfSteps:
    """What `review/asked_steps.html` is given."""

    questions: tuple[Progress, ...]
    steps: tuple[AskedStep, ...]


def of(opened: Opened, fields: ReviewFields, seen: Sight) -> AskedOfSteps | None:
    """All of them, steps under the names that the person sees; None where nothing is asked of any step of the item."""
    found = asked_steps.of_item(opened.item, opened.rubric)
    if not found:
        return None
    is_veiled = blindness.read(opened.queue.blindness).model
    progress = tuple(_progress(one, fields) for one in found)
    steps = _steps(found, fields, is_veiled=is_veiled)
    return AskedOfSteps(progress, tuple(replace(step, name=seen.text(step.name)) for step in steps))


def _progress(one: Asked, fields: ReviewFields) -> Progress:
    of = one.question.of
    kind = "" if of is None else of.name or Run.Type(of.type).label.lower()
    answered = asked_steps.answered(one, fields.given.steps)
    problem = fields.problems.get(one.question.key, "")
    field = fields.of_steps(one.question)
    return Progress(one.question, kind, answered, len(one.steps), len(one.all), problem, field)


def _steps(found: Sequence[Asked], fields: ReviewFields, *, is_veiled: bool) -> list[AskedStep]:
    """Each step once, with all that is asked of it, in the order of the trace as far as questions share steps."""
    steps = {step.uuid: step for one in found for step in one.steps}
    asked = {uuid: [one.question for one in found if any(step.uuid == uuid for step in one.steps)] for uuid in steps}
    return [
        AskedStep(
            uuid,
            _name(step, is_veiled=is_veiled),
            place,
            len(steps),
            tuple(fields.of_step(uuid, question) for question in asked[uuid]),
        )
        for place, (uuid, step) in enumerate(steps.items(), start=1)
    ]


def _name(step: Step, *, is_veiled: bool) -> str:
    return veiled.NAME if is_veiled and step.type in veiled.CALLS else step.name or step.type
