"""Holds what a reviewer gave against the rubric: every answer checked, every problem named by its question. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from annotation.domain.queues import patterns
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric
from annotation.domain.reviews import assertions
from annotation.domain.reviews.content import Evidence, Layer, Part, ReviewInput, StepJudgement

LONGEST_TEXT = 20_000
LONGEST_LABEL = 120
MOST_LABELS = 50
LONGEST_PASSAGE = 2_000
MOST_STEPS = 500

UP, DOWN = "up", "down"


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


class _AnswerError(ValueError):
    pass


def validate(rubric: Rubric, given: ReviewInput) -> ReviewInput:
    """The review with every answer in its stored form and parts that the rubric leaves out emptied.

    Stored forms: thumbs "up" or "down"; verdict "good", "bad" or "unsure"; choice an option key; multi-choice a list of
    option keys in the rubric's order; scale and number a number; text a string; assertions a list of `{"side", "text"}`;
    ranking all option keys, the best first. Questions without an answer are left out, and those that are not asked,
    whatever was given for them. Raises InvalidReviewError.
    """
    answers, problems = _answers(rubric, given.answers)
    problems += _part_problems(rubric, given)
    if problems:
        raise InvalidReviewError(tuple(problems))
    parts = rubric.parts
    return given.model_copy(
        update={
            "answers": answers,
            "labels": _labels(given.labels) if parts.labels else (),
            "evidence": tuple(_evidence(given)) if parts.labels else (),
            "steps": tuple(_steps(given.steps, with_labels=parts.labels)),
            "layer": given.layer if parts.layer else "",
            "first_failing_run_uuid": given.first_failing_run_uuid if parts.first_failing_step else None,
            "correction": storable(given.correction) if parts.correction else None,
            "corrected_run_uuid": given.corrected_run_uuid if parts.correction else None,
            "corrected_part": given.corrected_part if parts.correction else "",
            "note": _cleaned(given.note) if parts.note else "",
        }
    )


def _answers(rubric: Rubric, given: Mapping[str, JsonValue]) -> tuple[dict[str, JsonValue], list[AnswerProblem]]:
    answers: dict[str, JsonValue] = {}
    problems = [AnswerProblem(key, f"The rubric has no question “{key}”.") for key in given if not rubric.question(key)]
    for question in rubric.questions:
        if question.visible_if and not question.visible_if.is_met(answers):
            continue
        try:
            answer = _needed(question, _answer(question, given.get(question.key)), answers)
        except _AnswerError as problem:
            problems.append(AnswerProblem(question.key, str(problem)))
            continue
        if answer is not None:
            answers[question.key] = answer
    return answers, problems


def _answer(question: Question, value: JsonValue) -> JsonValue:
    """The stored form of one answer, or None where there is none."""
    if isinstance(value, str):
        value = _cleaned(value)
    return None if value is None or value in ("", []) else _READERS[question.kind](question, value)


def _needed(question: Question, answer: JsonValue, earlier: Mapping[str, JsonValue]) -> JsonValue:
    is_required = question.is_required or (question.required_if is not None and question.required_if.is_met(earlier))
    if answer is None and is_required:
        raise _AnswerError(f"“{question.label}” needs an answer.")
    return answer


def pattern_problems(rubric: Rubric, given: ReviewInput) -> dict[str, str]:
    """By question key: what does not look as it should, of texts that may still be typed."""
    found: dict[str, str] = {}
    for question in rubric.questions:
        text = given.answers.get(question.key)
        if isinstance(text, str) and text.strip() and (words := _misfit(question, _cleaned(text))):
            found[question.key] = words
    return found


def _thumbs(question: Question, value: JsonValue) -> JsonValue:
    if value not in (UP, DOWN):
        raise _AnswerError(f"“{question.label}” takes up or down.")
    return value


def _verdict(question: Question, value: JsonValue) -> JsonValue:
    if not isinstance(value, str) or value not in question.kind.words:
        raise _AnswerError(f"“{question.label}” takes good, bad or unsure.")
    return value


def _choice(question: Question, value: JsonValue) -> JsonValue:
    if value not in [option.key for option in question.options]:
        raise _AnswerError(f"“{question.label}” takes one of: {_option_keys(question)}.")
    return value


def _multi_choice(question: Question, value: JsonValue) -> JsonValue:
    known = [option.key for option in question.options]
    picked = value if isinstance(value, list) else [value]
    if any(key not in known for key in picked):
        raise _AnswerError(f"“{question.label}” takes any of: {_option_keys(question)}.")
    return [key for key in known if key in picked]


def _ranking(question: Question, value: JsonValue) -> JsonValue:
    order = _by_rank(value) if isinstance(value, dict) else value
    keys = sorted(option.key for option in question.options)
    if not isinstance(order, list) or sorted(str(one) for one in order) != keys:
        raise _AnswerError(f"“{question.label}” takes all of these in an order, each once: {_option_keys(question)}.")
    return order


def _by_rank(ranks: Mapping[str, JsonValue]) -> JsonValue:
    """The options in the order of the ranks that a form has for them; None while two share a rank."""
    given = {str(rank): key for key, rank in ranks.items()}
    if len(given) != len(ranks) or not all(rank.isdigit() and rank.isascii() for rank in given):
        return None
    return [given[rank] for rank in sorted(given, key=int)]


def _scale(question: Question, value: JsonValue) -> JsonValue:
    number = _as_number(question, value)
    if number not in question.steps:
        raise _AnswerError(f"“{question.label}” takes a whole number {_bounds(question.minimum, question.maximum)}.")
    return number


def _assertions(question: Question, value: JsonValue) -> JsonValue:
    try:
        return assertions.document(assertions.read(storable(value))) or None
    except ValueError as problem:
        raise _AnswerError(f"“{question.label}” {problem}.") from None


def _number(question: Question, value: JsonValue) -> JsonValue:
    number = _as_number(question, value)
    low, high = question.minimum, question.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise _AnswerError(f"“{question.label}” takes a number {_bounds(low, high)}.")
    return number


def _as_number(question: Question, value: JsonValue) -> float:
    try:
        number = float(value.replace(",", ".")) if isinstance(value, str) else value
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise _AnswerError(f"“{question.label}” takes a number.")
    return int(number) if number == int(number) else number


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    return f"of at least {low:g}" if low is not None else f"of at most {high:g}"


def _text(question: Question, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        raise _AnswerError(f"“{question.label}” takes text.")
    if len(value) > LONGEST_TEXT:
        raise _AnswerError(f"“{question.label}” takes at most {LONGEST_TEXT:,} characters.")
    if words := _misfit(question, value):
        raise _AnswerError(words)
    return value


def _misfit(question: Question, text: str) -> str:
    """What is told about a text that is not as the pattern says; empty where it is."""
    if not question.pattern or patterns.compiled(question.pattern).matches(text):
        return ""
    return question.pattern_message or f"“{question.label}” has to look like {question.pattern}."


_READERS: dict[QuestionKind, Callable[[Question, JsonValue], JsonValue]] = {
    QuestionKind.THUMBS: _thumbs,
    QuestionKind.VERDICT: _verdict,
    QuestionKind.CHOICE: _choice,
    QuestionKind.MULTI_CHOICE: _multi_choice,
    QuestionKind.SCALE: _scale,
    QuestionKind.NUMBER: _number,
    QuestionKind.TEXT: _text,
    QuestionKind.ASSERTIONS: _assertions,
    QuestionKind.RANKING: _ranking,
}


def _option_keys(question: Question) -> str:
    return ", ".join(option.key for option in question.options)


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


def _steps(given: tuple[StepJudgement, ...], *, with_labels: bool) -> Iterator[StepJudgement]:
    """Each step once, as it was judged last; those of which nothing is said are left out."""
    for step in {one.run: one for one in given}.values():
        labels = _labels(step.labels) if with_labels else ()
        kept = step.model_copy(update={"labels": labels, "note": _cleaned(step.note)})
        if kept.says_anything:
            yield kept


def _labels(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names without repeats (capitals aside), spaces in order, as given first."""
    tidy = {" ".join(_storable_text(name).split()): None for name in names}
    first: dict[str, str] = {}
    for name in tidy:
        first.setdefault(name.lower(), name)
    return tuple(name for name in first.values() if name)


def _evidence(given: ReviewInput) -> Iterator[Evidence]:
    """Passages for labels that are given, each once, as long as one can be."""
    known = {name.lower() for name in _labels(given.labels)}
    for one in dict.fromkeys(given.evidence):
        text = _cleaned(one.text)[:LONGEST_PASSAGE]
        label = " ".join(one.label.split())
        if text and label.lower() in known:
            yield one.model_copy(update={"text": text, "label": label})


def _cleaned(text: str) -> str:
    return _storable_text(text).strip()


def _storable_text(text: str) -> str:
    """Without NUL and halves of surrogate pairs, which PostgreSQL cannot keep."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def storable(value: JsonValue) -> JsonValue:
    """JSON that PostgreSQL can keep; numbers beyond JSON (not a number, infinite) become null."""
    match value:
        case str():
            return _storable_text(value)
        case float() if not math.isfinite(value):
            return None
        case list():
            return [storable(entry) for entry in value]
        case dict():
            return {_storable_text(key): storable(entry) for key, entry in value.items()}
        case _:
            return value
