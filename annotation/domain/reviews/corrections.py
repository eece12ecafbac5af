"""A proposed correction beside its original, as the person who decides needs to see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.domain.queues import pairs, rubric
from annotation.domain.reviews import assertions, content, diff, diff_json, originals
from annotation.domain.reviews.content import Label, StepJudgement
from annotation.domain.reviews.diff import Piece
from annotation.domain.reviews.diff_json import Line
from annotation.domain.reviews.originals import Original
from annotation.models import Review, RubricVersion


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was answered, in words."""

    label: str
    answer: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The original and the correction: as `words` where both are text, else as `lines` of JSON.

    Neither where nothing is corrected and `assertions` stand in for it.
    """

    original: Original
    inputs: str
    words: tuple[Piece, ...]
    lines: tuple[Line, ...]
    answers: tuple[Answer, ...]
    labels: tuple[Label, ...]
    assertions: dict[str, list[str]]


def proposal(review: Review) -> Proposal:
    """What the review would change, and what else it says."""
    original = originals.original(review.item, review.corrected_run_uuid, review.corrected_part)
    correction = review.correction
    return Proposal(
        original=original,
        inputs=_readable(original.inputs),
        words=diff.words(original.text, correction) if isinstance(correction, str) else (),
        lines=()
        if correction is None or isinstance(correction, str)
        else diff_json.lines(diff_json.structure(original.outputs, correction)),
        answers=answers(review),
        labels=content.read_labels(review.labels),
        assertions=assertions.of_answers(rubric.read(review.rubric.questions), review.answers),
    )


def answers(review: Review) -> tuple[Answer, ...]:
    """The questions of the review's own rubric version with their answers, in order; of a pair, which is better."""
    return answers_in(review.rubric, review.answers, is_swapped=review.is_swapped)


def answers_in(
    version: RubricVersion, answers: Mapping[str, Any], *, is_swapped: bool | None = None
) -> tuple[Answer, ...]:
    """The questions of a rubric version with these answers, in order.

    Of a pair it is said how its reviewer saw it: `is_swapped` when they had the sides the other way round; None: no pair.
    """
    asked = rubric.read(version.questions)
    if is_swapped is not None:
        asked = pairs.asked(asked, is_swapped=is_swapped)
    given = [(question, answers.get(question.key)) for question in asked.questions]
    return tuple(Answer(question.label, worded(question, value)) for question, value in given if value is not None)


def worded(question: rubric.Question, value: Any) -> str:
    """An answer as people read it."""
    if question.kind is rubric.QuestionKind.ASSERTIONS:
        return " ".join(f"{_SIDES[one.side]}: {one.text}" for one in assertions.read(value))
    labels = {option.key: option.label for option in question.options} | question.kind.words
    picked = value if isinstance(value, list) else [value]
    is_picked = question.kind.has_options or question.kind.is_verdict
    return ", ".join(labels.get(one, str(one)) if is_picked else str(one) for one in picked)


def on_step(step: StepJudgement, asked: rubric.Rubric) -> str:
    """What was said of one step as people read it."""
    told = {key: question for key in step.answers if (question := asked.step_question(key))}
    said = [
        {"up": "good", "down": "bad"}.get(step.thumb, ""),
        *(f"{question.label} {worded(question, step.answers[key])}" for key, question in told.items()),
        *step.labels,
        step.note,
    ]
    return ", ".join(filter(None, said))


_SIDES = {assertions.Side.MUST: "Must", assertions.Side.MUST_NOT: "Must not"}


def _readable(inputs: Any) -> str:
    """A lone text as it is, anything else as JSON."""
    if isinstance(inputs, dict) and list(inputs) == ["input"] and isinstance(inputs["input"], str):
        return str(inputs["input"])
    return json.dumps(inputs, ensure_ascii=False, indent=2)
