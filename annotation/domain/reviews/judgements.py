"""Turns a checked review into the feedback rows that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from annotation.domain.feedback import giving
from annotation.domain.feedback.meanings import KeyConfig
from annotation.domain.feedback.validation import Content, completed
from annotation.domain.feedback.verdict import GOOD, UNSURE
from annotation.domain.queues.rubric import Question, QuestionKind, Rubric
from annotation.domain.reviews import preferences, steps
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.stored import UP
from annotation.models import FailureMode, Feedback, Item, Project, Review, Run


@dataclass(frozen=True, slots=True)
class Judged:
    """A checked review with what its words mean here."""

    review: Review
    rubric: Rubric
    given: ReviewInput
    labels: list[FailureMode]
    project: Project | None
    modes: Mapping[str, FailureMode] = field(default_factory=dict)
    runs: Mapping[UUID, RunPlace] = field(default_factory=dict)
    expectations: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run is."""

    external_id: str
    trace_uuid: UUID


def rows(judged: Judged, configs: Iterable[KeyConfig]) -> list[Feedback]:
    """The feedback of source reviewer: answers by question key, then the built-in parts that were given.

    `configs` is what the workspace's keys take. The answer to a key whose categories have numbers has its number too.
    """
    if judged.review.item.kind == Item.Kind.PAIR:
        return list(preferences.rows(judged.review, judged.given))
    judged = replace(judged, runs=_places(judged), expectations=giving.expectations_in(configs))
    answers = _answers_on(judged, judged.rubric.questions, judged.given.answers)
    return [*answers, *_parts(judged), *_steps(judged)]


def _places(judged: Judged) -> dict[UUID, RunPlace]:
    """Of all runs that the review names."""
    given, item = judged.given, judged.review.item
    steps = [step.run for step in given.steps]
    named = {run for run in (item.run_uuid, given.first_failing_run_uuid, given.corrected_run_uuid, *steps) if run}
    if not named:
        return {}
    rows = Run.objects.filter(workspace=item.workspace_id, uuid__in=named)
    return {uuid: RunPlace(own, trace) for uuid, own, trace in rows.values_list("uuid", "external_id", "trace__uuid")}


def _steps(judged: Judged) -> Iterator[Feedback]:
    for step in judged.given.steps:
        for said in steps.feedback(step, judged.modes):
            yield _row(judged, run_uuid=step.run, **said)
        yield from _answers_on(judged, judged.rubric.step_questions, step.answers, step.run)


def _answers_on(
    judged: Judged, questions: Iterable[Question], answers: Mapping[str, JsonValue], run: UUID | None = None
) -> Iterator[Feedback]:
    """What was answered to these questions, on a step or (None) on what the item is about."""
    for question in questions:
        answer = answers.get(question.key)
        if answer is not None:
            said = Content(question.key, **_COLUMNS[question.kind](answer))
            said = completed(said, judged.expectations.get(question.key))
            yield _row(judged, key=question.key, run_uuid=run, score=said.score, value=said.value)


_COLUMNS: dict[QuestionKind, Callable[[JsonValue], dict[str, Any]]] = {
    QuestionKind.THUMBS: lambda answer: {"score": 1.0 if answer == UP else 0.0},
    QuestionKind.VERDICT: lambda answer: {"value": UNSURE} if answer == UNSURE else {"score": float(answer == GOOD)},
    QuestionKind.CHOICE: lambda answer: {"value": answer},
    QuestionKind.MULTI_CHOICE: lambda answer: {"value": answer},
    QuestionKind.SCALE: lambda answer: {"score": answer},
    QuestionKind.NUMBER: lambda answer: {"score": answer},
    QuestionKind.TEXT: lambda answer: {"value": answer},
    QuestionKind.ASSERTIONS: lambda answer: {"value": answer},
    QuestionKind.RANKING: lambda answer: {"value": answer},
}


def _parts(judged: Judged) -> Iterator[Feedback]:
    given = judged.given
    for mode in judged.labels:
        yield _row(judged, key="label", value=mode.name, failure_mode=mode)
    if given.layer:
        yield _row(judged, key="layer", value=given.layer)
    if given.first_failing_run_uuid:
        yield _row(judged, key="first_failing_step", run_uuid=given.first_failing_run_uuid)
    if given.correction is not None:
        yield _row(judged, key="correction", correction=given.correction, run_uuid=given.corrected_run_uuid)
    if given.note:
        yield _row(judged, key="note", comment=given.note)


def _row(judged: Judged, *, key: str, run_uuid: UUID | None = None, **columns: Any) -> Feedback:
    item = judged.review.item
    return Feedback(
        workspace_id=item.workspace_id,
        project=judged.project,
        key=key,
        source=Feedback.Source.REVIEWER,
        author=judged.review.reviewer,
        review=judged.review,
        created_at=judged.review.modified_at,
        modified_at=judged.review.modified_at,
        **_target(judged, run_uuid),
        **columns,
    )


def _target(judged: Judged, run_uuid: UUID | None) -> dict[str, Any]:
    """Where the judgement hangs: on the run that it names, else on what the item is about."""
    item = judged.review.item
    named = run_uuid or item.run_uuid
    if named:
        return _run_target(judged, named)
    if item.kind == Item.Kind.THREAD:
        return {"target": Feedback.Target.THREAD, "thread_id": item.thread_id}
    return {"target": Feedback.Target.TRACE, "trace_uuid": item.trace_uuid}


def _run_target(judged: Judged, run_uuid: UUID) -> dict[str, Any]:
    run = judged.runs.get(run_uuid)
    return {
        "target": Feedback.Target.RUN,
        "run_uuid": run_uuid,
        "run_external_id": run.external_id if run else None,
        "trace_uuid": run.trace_uuid if run else judged.review.item.trace_uuid,
    }
