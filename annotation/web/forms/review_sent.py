"""What the form of a review sent, as a ReviewInput."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict
from pydantic import JsonValue, ValidationError

from annotation.domain.datasets.content import TOO_DEEP, is_too_deep
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric
from annotation.domain.reviews.content import Evidence, ReviewInput, StepJudgement
from annotation.domain.reviews.rubric import MOST_EVIDENCE, MOST_STEPS, AnswerProblem
from annotation.web.forms.review_fields import ANSWER, JSON, SIDES, step_field

_TOO_DEEP = AnswerProblem("correction", TOO_DEEP)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form held; `problems` are those that only reading it can show."""

    given: ReviewInput
    problems: tuple[AnswerProblem, ...] = ()


def read(sent: QueryDict, rubric: Rubric) -> Sent:
    """What the person gave; unreadable parts of the machinery (ids, times) count as not given."""
    correction, problems = _correction(sent)
    given = ReviewInput(
        answers=dict(_answers(sent, rubric)),
        labels=tuple(
            name.strip()[:200] for name in [*sent.getlist("labels"), sent.get("new_label", "")] if name.strip()
        ),
        evidence=tuple(_evidence(sent)),
        layer=sent.get("layer", ""),
        first_failing_run_uuid=_uuid(sent.get("first_failing_run")),
        steps=tuple(_steps(sent, rubric)),
        correction=correction,
        corrected_run_uuid=_uuid(sent.get("corrected_run")),
        corrected_part=sent.get("corrected_part", "")[:20],
        note=sent.get("note", ""),
        active_ms=_number(sent.get("active_ms")) or 0,
        rubric_version=_number(sent.get("rubric_version")),
    )
    return Sent(given, problems)


def item_number(sent: QueryDict) -> int:
    """The item that the page shows; 0 for none."""
    return _number(sent.get("item")) or 0


def seen_submissions(sent: QueryDict) -> int:
    """How often the person had submitted this review when the page was made."""
    return _number(sent.get("seen")) or 0


def _answers(sent: QueryDict, rubric: Rubric) -> Iterator[tuple[str, JsonValue]]:
    for question in rubric.questions:
        if answer := _answer(sent, ANSWER + question.key, question):
            yield question.key, answer


def _answer(sent: QueryDict, name: str, question: Question) -> JsonValue:
    """What the fields of a question hold; something empty where nobody answered."""
    values: list[Any] = [value for value in sent.getlist(name) if value.strip()]
    match question.kind:
        case QuestionKind.MULTI_CHOICE:
            return values
        case QuestionKind.RANKING:
            ranks = {one.key: str(sent.get(f"{name}.{one.key}", "")) for one in question.options}
            return {option: rank for option, rank in ranks.items() if rank}
        case QuestionKind.ASSERTIONS:
            return [{"side": side, "text": line} for side, _label in SIDES for line in _lines(sent, f"{name}.{side}")]
        case _:
            return values[0] if values else None


def _lines(sent: QueryDict, name: str) -> list[str]:
    return [line for line in sent.get(name, "").splitlines() if line.strip()]


def _evidence(sent: QueryDict) -> Iterator[Evidence]:
    """The passages, each sent as one JSON object; what is none is passed over."""
    for written in sent.getlist("evidence")[:MOST_EVIDENCE]:
        with suppress(ValidationError):
            yield Evidence.model_validate_json(written)


def _steps(sent: QueryDict, rubric: Rubric) -> Iterator[StepJudgement]:
    """What is said of single steps: each sent as one JSON object, but for answers that have fields of their own."""
    judged: dict[UUID, StepJudgement] = {}
    for written in sent.getlist("step")[:MOST_STEPS]:
        with suppress(ValidationError):
            step = StepJudgement.model_validate_json(written)
            judged[step.run] = step
    for run in [uuid for text in sent.getlist("asked_step")[:MOST_STEPS] if (uuid := _uuid(text))]:
        step = judged.get(run, StepJudgement(run=run))
        fields = {one.key: _answer(sent, step_field(run, one.key), one) for one in rubric.step_questions}
        answers = step.answers | {key: value for key, value in fields.items() if value or key in step.answers}
        judged[run] = step.model_copy(update={"answers": {key: value for key, value in answers.items() if value}})
    yield from (step for step in judged.values() if step.says_anything)


def _correction(sent: QueryDict) -> tuple[JsonValue, tuple[AnswerProblem, ...]]:
    """The correction; text that should be JSON and is not stays text, so that nothing is lost, and is a problem."""
    typed = sent.get("correction")
    if typed is None or not typed.strip():
        return None, ()
    typed = typed.replace("\r\n", "\n")  # however the text ended its lines, a form sends both characters
    if sent.get("correction_format") != JSON:
        return typed, ()
    try:
        read = json.loads(typed, parse_constant=_no_constant)
    except ValueError as problem:
        return typed, (AnswerProblem("correction", f"This is not JSON: {problem}. Correct it, or leave it empty."),)
    except RecursionError:
        return typed, (_TOO_DEEP,)
    return (typed, (_TOO_DEEP,)) if is_too_deep(read) else (read, ())


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
