"""Answers held against the rubric, and against the item that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.domain.feedback import failure_modes, reviewed
from annotation.domain.queues import blindness
from annotation.domain.queues import rubric as asked
from annotation.domain.queues.rubric_versions import asked_of, current, numbered
from annotation.domain.reviews import asked_steps, assertions, history, judgements, originals, rubric, steps
from annotation.domain.reviews.content import Label, Passage, ReviewInput
from annotation.domain.reviews.rubric import AnswerProblem, InvalidReviewError
from annotation.domain.traces import veiled
from annotation.models import FailureMode, Item, Project, Queue, Review, RubricVersion, User


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers that fit the rubric, with all that is needed to keep them."""

    version: RubricVersion
    questions: asked.Rubric
    given: ReviewInput
    project: Project | None
    modes: Mapping[str, FailureMode]

    @property
    def labels(self) -> list[FailureMode]:
        """The failure modes of the whole, each once."""
        named = [self.modes[name.lower()] for name in self.given.labels if self.modes]
        return list({mode.pk: mode for mode in named}.values())

    def columns(self) -> dict[str, Any]:
        """What a review keeps of them."""
        steps_kept = steps.documents(self.given, self.modes)
        labels = [
            label.model_dump(mode="json", exclude_defaults=True)
            for label in _with_evidence(self.labels, self.given, self.modes)
        ]
        return _columns(self.version, self.given) | {"labels": labels, "steps": steps_kept}

    @property
    def proposes(self) -> bool:
        """Whether they say what the answer should have been, or must and must not do."""
        return self.given.correction is not None or bool(assertions.of_answers(self.questions, self.given.answers))

    def judgements(self, review: Review, *, spoken: frozenset[str] = frozenset()) -> reviewed.Said:
        """The feedback that they are, as the review's, but for what is `spoken` already."""
        judged = judgements.Judged(review, self.questions, self.given, self.labels, self.project, self.modes)
        return lambda configs: [row for row in judgements.rows(judged, configs) if row.key not in spoken]


def checked(item: Item, by: User, answers: ReviewInput, *, project: Project | None, asks_steps: bool = True) -> Checked:
    """The answers held against the rubric and the item, whose project is `project`; labels are coined there. Raises InvalidReviewError.

    Without `asks_steps`, questions about single steps may be left open.
    """
    version = numbered(item.queue, answers.rubric_version) or current(item.queue)
    questions = asked_of(item, version, by)
    given = fitting(item, questions, answers, asks_steps=asks_steps)
    return Checked(version, questions, given, project, _modes(project, given, by))


def fitting(item: Item, questions: asked.Rubric, answers: ReviewInput, *, asks_steps: bool) -> ReviewInput:
    """Held against the rubric and the item; a correction that changes nothing is none."""
    given = rubric.validate(questions, answers)
    problems = [
        AnswerProblem(part, "This step does not belong to the item; pick one of its own.")
        for part, run in (
            ("first_failing_step", given.first_failing_run_uuid),
            ("correction", given.corrected_run_uuid),
        )
        if run and not originals.has_run(item, run)
    ]
    if originals.foreign_runs(item, {step.run for step in given.steps}):
        problems.append(AnswerProblem("steps", "A step that was judged does not belong to the item; reload the page."))
    if _quotes_unshown(item, given):
        problems.append(
            AnswerProblem(
                "labels", "A passage was marked in a step that this item does not show; take that passage away."
            )
        )
    if asks_steps:
        problems += asked_steps.problems(asked_steps.of_item(item, questions), questions, given.steps)
    if problems:
        raise InvalidReviewError(tuple(problems))
    source = (
        None if given.correction is None else originals.original(item, given.corrected_run_uuid, given.corrected_part)
    )
    if source is None or _is_same(given.correction, source, item.queue):
        return given.model_copy(update={"correction": None, "corrected_run_uuid": None, "corrected_part": ""})
    return given


def _quotes_unshown(item: Item, given: ReviewInput) -> bool:
    """Whether a passage is of no step that the item shows; one that was kept on it before stays though its step is gone since."""
    unshown = originals.unshown_runs(item, {one.run for one in given.evidence if one.run})
    quoted = {Passage(run=one.run, text=one.text) for one in given.evidence if one.run in unshown}
    return bool(quoted) and not quoted <= history.passages(item)


def _is_same(correction: Any, source: originals.Original, queue: Queue) -> bool:
    if changes_nothing(correction, source):
        return True
    is_veiled = blindness.read(queue.blindness).model  # what the form began with, then
    return is_veiled and not isinstance(correction, str) and bool(correction == veiled.content(source.outputs))


def changes_nothing(correction: Any, source: originals.Original) -> bool:
    """Whether it says what stood there, or nothing."""
    if isinstance(correction, str):
        return _same_lines(correction) in {"", _same_lines(source.text)}
    return bool(correction == source.outputs)


def _same_lines(text: str) -> str:
    """The text as a form gives it back, whatever ends its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _modes(project: Project | None, given: ReviewInput, by: User) -> dict[str, FailureMode]:
    """The failure modes by small-lettered name, new ones coined; in one order for all, so that no two wait for each other."""
    if project is None:
        return {}
    names = {name.lower(): name for name in [*(name for step in given.steps for name in step.labels), *given.labels]}
    return {key: failure_modes.coin(project=project, name=name, by=by) for key, name in sorted(names.items())}


def _with_evidence(labels: list[FailureMode], given: ReviewInput, modes: Mapping[str, FailureMode]) -> list[Label]:
    """The labels with the passages that were marked for them, under whichever name they were given by."""
    passages: dict[int, list[Passage]] = {mode.pk: [] for mode in labels}
    for one in given.evidence:
        if (mode := modes.get(one.label.lower())) and mode.pk in passages:
            passages[mode.pk].append(Passage(run=one.run, text=one.text))
    return [Label(failure_mode=mode.uuid, name=mode.name, evidence=tuple(passages[mode.pk])) for mode in labels]


def _columns(version: RubricVersion, given: ReviewInput) -> dict[str, Any]:
    return {
        "rubric": version,
        "answers": given.answers,
        "layer": given.layer,
        "first_failing_run_uuid": given.first_failing_run_uuid,
        "correction": given.correction,
        "corrected_run_uuid": given.corrected_run_uuid,
        "corrected_part": given.corrected_part,
        "note": given.note,
    }
