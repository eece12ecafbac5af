"""Which steps of an item a question about steps is asked of, and which of them are still to be answered."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from annotation.domain.queues import presentation
from annotation.domain.queues.rubric import Question, Rubric
from annotation.domain.reviews import originals
from annotation.domain.reviews.content import StepJudgement
from annotation.domain.reviews.rubric import AnswerProblem
from annotation.models import Item, Run

MOST_ASKED = 20
"""Of a trace with more such steps so many are asked about, spread evenly: three hundred tool calls stay an hour's work, not a day's."""

MOST_READ = 10_000

MOST_TRACES = 5
"""Of a thread, the last ones."""

MOST_NAMED = 3


class Step(NamedTuple):
    """A run by its outside id."""

    uuid: UUID
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all the steps that it may be answered about, and those that it is asked of; in the trace's order."""

    question: Question
    all: tuple[Step, ...]
    steps: tuple[Step, ...]


def of_item(item: Item, rubric: Rubric) -> tuple[Asked, ...]:
    """The questions about steps that there are such steps for, but for steps that the queue does not show its reviewers.

    One statement, and none where nothing of the kind is asked.
    """
    types = {question.of.type for question in rubric.step_questions if question.of}
    if types:
        types -= presentation.read(item.queue.presentation).hidden_types
    if not types:
        return ()
    found = list(_steps(item, types))
    matching = ((one, tuple(step for step in found if _has(one, step))) for one in rubric.step_questions)
    return tuple(Asked(question, steps, spread(steps)) for question, steps in matching if steps)


def spread(steps: Sequence[Step]) -> tuple[Step, ...]:
    """At most MOST_ASKED of them, as evenly as can be, the first among them."""
    count = min(len(steps), MOST_ASKED)
    return tuple(steps[place * len(steps) // count] for place in range(count))


def problems(asked: Sequence[Asked], rubric: Rubric, given: Sequence[StepJudgement]) -> Iterator[AnswerProblem]:
    """Answers about steps that a question is not for, and steps that a required question still waits for."""
    known = {one.question.key: one for one in asked}
    for question in rubric.step_questions:
        answered = {step.run for step in given if question.key in step.answers}
        may = {step.uuid for step in known[question.key].all} if question.key in known else set()
        if answered - may:
            yield AnswerProblem(question.key, f"“{question.label}” is not asked of this step; answer it for its own.")
    for one in asked:
        answered = {step.run for step in given if one.question.key in step.answers}
        if one.question.is_required and (missing := [step for step in one.steps if step.uuid not in answered]):
            yield AnswerProblem(one.question.key, _missing(one, missing))


def answered(one: Asked, given: Collection[StepJudgement]) -> int:
    """How many of the steps that the question is asked of have an answer."""
    have = {step.run for step in given if one.question.key in step.answers}
    return sum(step.uuid in have for step in one.steps)


def _missing(one: Asked, missing: Sequence[Step]) -> str:
    """By their places among the steps that are asked about: names may be masked for the person."""
    places = ", ".join(str(one.steps.index(step) + 1) for step in missing[:MOST_NAMED])
    more = ", …" if len(missing) > MOST_NAMED else ""
    return f"“{one.question.label}” needs an answer for {len(missing)} of {len(one.steps)} steps: no. {places}{more}."


def _steps(item: Item, types: Collection[str]) -> Iterator[Step]:
    rows = Run.objects.filter(workspace=item.workspace_id, type__in=types)
    if item.run_uuid:
        rows = rows.filter(uuid=item.run_uuid)
    else:
        rows = rows.filter(trace__uuid__in=originals.traces_of(item)[-MOST_TRACES:])
    rows = rows.order_by("trace__started_at", "start_nano", "id")
    return (Step(*row) for row in rows.values_list("uuid", "type", "name")[:MOST_READ])


def _has(question: Question, step: Step) -> bool:
    return question.of is not None and question.of.has(step.type, step.name)
