"""What a review said before each of its edits: kept, shown, and put back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from annotation.domain.queues import blindness, rubric
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import content, corrections
from annotation.domain.reviews.content import Evidence, Passage, ReviewInput, StepJudgement
from annotation.domain.reviews.corrections import Answer
from annotation.domain.traces import veiled
from annotation.models import Item, Probe, Review, ReviewRevision, RubricVersion, Run


@dataclass(frozen=True, slots=True)
class Version:
    """What a review says or said: which submission it was, when, and its parts in words."""

    number: int
    submitted_at: datetime
    given: ReviewInput
    answers: tuple[Answer, ...]
    steps: tuple[Answer, ...] = ()
    is_current: bool = False

    @property
    def correction(self) -> str:
        """The correction as a person reads it; JSON indented."""
        said = self.given.correction
        return said if isinstance(said, str) else "" if said is None else json.dumps(said, ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class Summary:
    """A review in a list, with what it answers in words; its item and rubric are loaded."""

    review: Review
    answers: tuple[Answer, ...]
    labels: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


def summary(review: Review) -> Summary:
    """The review in a line."""
    labels = content.read_labels(review.labels)
    names = tuple(label.name for label in labels)
    return Summary(review, corrections.answers(review), names, content.marked(labels))


def as_input(review: Review) -> ReviewInput:
    """What the person gave, as they would give it again; fills the form when a review is edited."""
    labels = content.read_labels(review.labels)
    return ReviewInput(
        answers=review.answers,
        labels=tuple(label.name for label in labels),
        evidence=content.marked(labels),
        layer=review.layer,
        first_failing_run_uuid=review.first_failing_run_uuid,
        steps=tuple(
            StepJudgement(
                run=step.run,
                thumb=step.thumb,
                labels=tuple(label.name for label in step.labels),
                note=step.note,
                answers=step.answers,
            )
            for step in content.read_steps(review.steps)
        ),
        correction=review.correction,
        corrected_run_uuid=review.corrected_run_uuid,
        corrected_part=review.corrected_part,
        note=review.note,
        rubric_version=review.rubric.number,
    )


def _said(review: Review) -> ReviewInput:
    """What it says, with the time that the person has spent on it up to now."""
    return as_input(review).model_copy(update={"active_ms": review.active_ms})


def keep(review: Review) -> None:
    """Keep what the review says now, before it is edited. Call with its item locked."""
    ReviewRevision.objects.create(
        review=review,
        number=review.submission_count,
        content=_said(review).document(),
        submitted_at=review.modified_at,
    )


def before(review: Review) -> ReviewRevision | None:
    """What the review said before its last edit; None for one that was never edited, or whose edits were all undone."""
    return review.revisions.order_by("-number").first()


def given_in(revision: ReviewRevision) -> ReviewInput:
    """What was given then, as it is given again: the time that it took counts already."""
    return content.read_draft(revision.content).model_copy(update={"active_ms": 0})


def forget_from(revision: ReviewRevision) -> None:
    """Drop this revision and all after it: the review says again what it said then."""
    ReviewRevision.objects.filter(review=revision.review_id, number__gte=revision.number).delete()


def passages(item: Item) -> set[Passage]:
    """All that was ever quoted in what was submitted on the item, by whomever."""
    labels = Review.every.filter(item=item).values_list("labels", flat=True)
    edited = ReviewRevision.objects.filter(review__item=item).values_list("content", flat=True)
    tested = Probe.objects.filter(item=item).values_list("content", flat=True)
    now = (one for kept in labels for one in content.marked(content.read_labels(kept)))
    before = (one for kept in (*edited, *tested) for one in content.read_draft(kept).evidence)
    return {Passage(run=one.run, text=one.text) for one in (*now, *before)}


def versions(review: Review) -> list[Version]:
    """All that the review has said, the newest first."""
    rubrics = {version.number: version for version in RubricVersion.objects.filter(queue=review.item.queue_id)}
    now = _version(review.submission_count, review.modified_at, _said(review), rubrics, review.is_swapped)
    earlier = review.revisions.order_by("-number") if review.pk else ()
    before = [(one.number, one.submitted_at, content.read_draft(one.content)) for one in earlier]
    found = [now, *(_version(*one, rubrics, review.is_swapped) for one in before)]
    labels = names(review, {step.run for one in found for step in one.given.steps})
    return [replace(one, steps=_on_steps(one.given, rubrics, labels), is_current=one is now) for one in found]


def _version(
    number: int,
    at: datetime,
    given: ReviewInput,
    rubrics: Mapping[int, RubricVersion],
    is_swapped: bool | None,  # noqa: FBT001 -- as the review has it
) -> Version:
    answered = rubrics.get(given.rubric_version or 0)
    said = corrections.answers_in(answered, given.answers, is_swapped=is_swapped) if answered else ()
    return Version(number, at, given, said)


def _on_steps(
    given: ReviewInput, rubrics: Mapping[int, RubricVersion], labels: Mapping[UUID, str]
) -> tuple[Answer, ...]:
    """What was said of single steps, by their names."""
    answered = rubrics.get(given.rubric_version or 0)
    asked = rubric.read(answered.questions) if answered else Rubric()
    return tuple(Answer(labels.get(one.run, "a step"), corrections.on_step(one, asked)) for one in given.steps)


def names(review: Review, runs: set[UUID]) -> dict[UUID, str]:
    """What these steps of the review's item are called, as far as its queue shows it."""
    if not runs:
        return {}
    rows = Run.objects.filter(workspace=review.item.workspace_id, uuid__in=runs).values_list("uuid", "name", "type")
    is_veiled = blindness.read(review.item.queue.blindness).model
    return {uuid: veiled.NAME if is_veiled and type_ in veiled.CALLS else name or type_ for uuid, name, type_ in rows}
