"""Holds what a reviewer gave against the rubric: every answer checked, every problem named by its question. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from annotation.domain.datasets.content import TOO_DEEP, is_too_deep
from annotation.domain.queues.rubric import Question, Rubric
from annotation.domain.reviews.content import Evidence, Layer, Part, ReviewInput, StepJudgement
from annotation.domain.reviews.stored import (
    DOWN,
    LONGEST_TEXT,
    UP,
    AnswerError,
    cleaned,
    misfit,
    storable,
    storable_text,
    stored,
)

LONGEST_LABEL = 120
MOST_LABELS = 50
MOST_EVIDENCE = 100
LONGEST_PASSAGE = 2_000
MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """What is wrong with one answer; `key` is the question's, or the name of a built-in part."""

    key: str
    message: str


class InvalidReviewError(Exception):
    """The review does not fit its rubric; `problems` in the order of the rubric."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems

    @property
    def by_key(self) -> dict[str, str]:
        """The messages by question key or part name."""
        return {problem.key: problem.message for problem in self.problems}


def validate(rubric: Rubric, given: ReviewInput) -> ReviewInput:
    """The review with every answer in its stored form and parts that the rubric leaves out emptied.

    Stored forms: thumbs "up" or "down"; verdict "good", "bad" or "unsure"; choice an option key; multi-choice a list of
    option keys in the rubric's order; scale and number a number; text a string; assertions a list of `{"side", "text"}`;
    ranking all option keys, the best first. Questions without an answer are left out, and those that are not asked,
    whatever was given for them. Raises InvalidReviewError.
    """
    answers, problems = _answers(rubric, given.answers)
    of_steps = {step.run: _of_step(rubric, step, problems) for step in given.steps}
    problems += _part_problems(rubric, given)
    if problems:
        raise InvalidReviewError(tuple(problems))
    parts = rubric.parts
    return given.model_copy(
        update={
            "answers": answers,
            "labels": _labels(given.labels) if parts.labels else (),
            "evidence": tuple(_evidence(given)) if parts.labels else (),
            "steps": tuple(_steps(given.steps, of_steps, with_labels=parts.labels)),
            "layer": given.layer if parts.layer else "",
            "first_failing_run_uuid": given.first_failing_run_uuid if parts.first_failing_step else None,
            "correction": storable(given.correction) if parts.correction else None,
            "corrected_run_uuid": given.corrected_run_uuid if parts.correction else None,
            "corrected_part": given.corrected_part if parts.correction else "",
            "note": cleaned(given.note) if parts.note else "",
        }
    )


def _answers(rubric: Rubric, given: Mapping[str, JsonValue]) -> tuple[dict[str, JsonValue], list[AnswerProblem]]:
    answers: dict[str, JsonValue] = {}
    problems = [AnswerProblem(key, f"The rubric has no question “{key}”.") for key in given if not rubric.question(key)]
    for question in rubric.questions:
        if question.visible_if and not question.visible_if.is_met(answers):
            continue
        try:
            answer = _needed(question, stored(question, given.get(question.key)), answers)
        except AnswerError as problem:
            problems.append(AnswerProblem(question.key, str(problem)))
            continue
        if answer is not None:
            answers[question.key] = answer
    return answers, problems


def _of_step(rubric: Rubric, step: StepJudgement, problems: list[AnswerProblem]) -> dict[str, JsonValue]:
    """The answers about one step in their stored form. Which steps a question is asked of is for `asked_steps` to say."""
    answers: dict[str, JsonValue] = {}
    for key, given in step.answers.items():
        question = rubric.step_question(key)
        if question is None:
            problems.append(AnswerProblem("steps", f"The rubric has no question “{key}” about single steps."))
            continue
        try:
            answer = stored(question, given)
        except AnswerError as problem:
            problems.append(AnswerProblem(key, str(problem)))
            continue
        if answer is not None:
            answers[key] = answer
    return answers


def _needed(question: Question, answer: JsonValue, earlier: Mapping[str, JsonValue]) -> JsonValue:
    is_required = question.is_required or (question.required_if is not None and question.required_if.is_met(earlier))
    if answer is None and is_required:
        raise AnswerError(f"“{question.label}” needs an answer.")
    return answer


def pattern_problems(rubric: Rubric, given: ReviewInput) -> dict[str, str]:
    """By question key: what does not look as it should, of texts that may still be typed."""
    found: dict[str, str] = {}
    for question in rubric.questions:
        text = given.answers.get(question.key)
        if isinstance(text, str) and text.strip() and (words := misfit(question, cleaned(text))):
            found[question.key] = words
    return found


def _part_problems(rubric: Rubric, given: ReviewInput) -> list[AnswerProblem]:
    problems = []
    if rubric.parts.layer and given.layer and given.layer not in list(Layer):
        problems.append(AnswerProblem("layer", "The layer is one of: model, harness, context."))
    if rubric.parts.labels and any(len(name) > LONGEST_LABEL for name in given.labels):
        problems.append(AnswerProblem("labels", f"A label takes at most {LONGEST_LABEL} characters."))
    if rubric.parts.labels and len(given.labels) > MOST_LABELS:
        problems.append(AnswerProblem("labels", f"A review takes at most {MOST_LABELS} labels."))
    if rubric.parts.note and len(given.note) > LONGEST_TEXT:
        problems.append(AnswerProblem("note", f"The note takes at most {LONGEST_TEXT:,} characters."))
    return [*problems, *_correction_problems(given), *_step_problems(given.steps)]


def _correction_problems(given: ReviewInput) -> Iterator[AnswerProblem]:
    if is_too_deep(given.correction):
        yield AnswerProblem("correction", TOO_DEEP)
    if given.corrected_part and given.corrected_part not in list(Part):
        yield AnswerProblem("correction", "What is corrected of a step is its answer, its tool_call or its messages.")
    elif given.corrected_part and isinstance(given.correction, str) and given.correction.strip():
        yield AnswerProblem("correction", "A tool call or a list of messages is corrected as JSON, not as text.")


def _step_problems(steps: tuple[StepJudgement, ...]) -> Iterator[AnswerProblem]:
    if len(steps) > MOST_STEPS:
        yield AnswerProblem("steps", f"A review judges at most {MOST_STEPS} single steps.")
    if any(step.thumb not in ("", UP, DOWN) for step in steps):
        yield AnswerProblem("steps", "A step’s thumb is up, down, or empty.")
    if any(len(step.note) > LONGEST_TEXT for step in steps):
        yield AnswerProblem("steps", f"A note on a step takes at most {LONGEST_TEXT:,} characters.")
    if any(len(name) > LONGEST_LABEL for step in steps for name in step.labels):
        yield AnswerProblem("steps", f"A label takes at most {LONGEST_LABEL} characters.")
    if any(len(step.labels) > MOST_LABELS for step in steps):
        yield AnswerProblem("steps", f"A step takes at most {MOST_LABELS} labels.")


def _steps(
    given: tuple[StepJudgement, ...], answers: Mapping[UUID, dict[str, JsonValue]], *, with_labels: bool
) -> Iterator[StepJudgement]:
    """Each step once, as it was judged last; those of which nothing is said are left out."""
    for step in {one.run: one for one in given}.values():
        labels = _labels(step.labels) if with_labels else ()
        kept = step.model_copy(update={"labels": labels, "note": cleaned(step.note), "answers": answers[step.run]})
        if kept.says_anything:
            yield kept


def _labels(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names without repeats (capitals aside), spaces in order, as given first."""
    tidy = {" ".join(storable_text(name).split()): None for name in names}
    first: dict[str, str] = {}
    for name in tidy:
        first.setdefault(name.lower(), name)
    return tuple(name for name in first.values() if name)


def _evidence(given: ReviewInput) -> Iterator[Evidence]:
    """Passages for labels that are given, each once, as long as one can be."""
    known = {name.lower() for name in _labels(given.labels)}
    for one in dict.fromkeys(given.evidence):
        text = cleaned(one.text)[:LONGEST_PASSAGE]
        label = " ".join(one.label.split())
        if text and label.lower() in known:
            yield one.model_copy(update={"text": text, "label": label})
