"""The word on an item that programs settle one question at a time: what it begins with, and what of it is decided so far.

Until then it stands in the row of the item's written answer, which nobody has submitted yet (`submission_count` 0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from annotation.domain.queues import disputes, rubric_versions
from annotation.domain.queues.disputes import Answers
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import answer, history
from annotation.domain.reviews.adjudicate import AdjudicationError
from annotation.domain.reviews.content import ReviewInput, StepJudgement
from annotation.models import Item, Review, User


class StepsDifferError(AdjudicationError):
    """Reviewers differ on single steps, which are not decided on one question at a time."""

    code = "steps_differ"

    def __init__(self, labels: Sequence[str]) -> None:
        named = " and ".join(f"“{label}”" for label in labels)
        super().__init__(
            f"The reviewers of this item also differ on single steps: {named}. Write its answer on the queue’s page "
            "“Adjudication”, where steps can be decided on; nothing was changed."
        )


def standing(every: Sequence[Review]) -> Review | None:
    """The review that is the item's one answer, whoever made it that."""
    return next((review for review in every if review.is_authoritative), None)


def kept(every: Sequence[Review]) -> Review | None:
    """The word in the making, if there is one."""
    return next((one for one in every if one.is_adjudication and one.submission_count == 0), None)


def begin(asked: Rubric, every: Sequence[Review]) -> ReviewInput:
    """What an item is settled with, but for what is being decided: the word that stands, else the one in the making.

    The latter takes the rest as the reviewers agree; of what cannot be compared, such as texts, what the first of them said.
    Raises StepsDifferError.
    """
    if word := standing(every):
        return _said(asked, word)
    made = kept(every)
    begun = _said(asked, made) if made else ReviewInput()
    agreed = _agreed(asked, every, begun)
    update = {"answers": answer.whole(agreed) | begun.answers, "steps": _steps(agreed, begun.steps)}
    return begun.model_copy(update=update)


def keep(*, item: Item, answers: Mapping[str, JsonValue], rest: Review | None, by: User, now: datetime) -> None:
    """Keep what is decided so far, and of `rest` the parts beside its answers; nothing reads it as the item's answer yet."""
    row = Review.every.filter(item=item, is_adjudication=True).first() or Review(item=item, is_adjudication=True)
    nothing = Review()
    for name in _PARTS:
        setattr(row, name, getattr(rest or nothing, name))
    for name in _CORRECTION:
        setattr(row, name, getattr(rest if rest and rest.is_adjudication else nothing, name))
    row.answers, row.reviewer, row.rubric = dict(answers), by, rubric_versions.current(item.queue)
    row.submission_count, row.submitted_at, row.modified_at = 0, now, now
    row.save()


_PARTS = ("labels", "steps", "layer", "first_failing_run_uuid", "note")
_CORRECTION = (
    "correction", "corrected_run_uuid", "corrected_part", "correction_state", "decided_by", "decided_at", "decision_note",
)  # fmt: skip
"""A reviewer's stays theirs: it is accepted or not by itself, and would be a second row of the dataset."""


def _said(asked: Rubric, review: Review) -> ReviewInput:
    """What the review says, as far as it is asked now."""
    given = history.as_input(review)
    answers = {key: value for key, value in given.answers.items() if asked.question(key)}
    steps = tuple(_of_step(asked, step) for step in given.steps)
    update: dict[str, object] = {"answers": answers, "steps": steps, "rubric_version": None}
    if not review.is_adjudication:
        update |= {"correction": None, "corrected_run_uuid": None, "corrected_part": ""}
    return given.model_copy(update=update)


def _of_step(asked: Rubric, step: StepJudgement) -> StepJudgement:
    answers = {key: value for key, value in step.answers.items() if asked.step_question(key)}
    return step.model_copy(update={"answers": answers})


def _agreed(asked: Rubric, every: Sequence[Review], begun: ReviewInput) -> Answers:
    """What nobody contradicts, of what is asked now. Raises StepsDifferError for steps that `begun` does not decide on."""
    given = [disputes.answers(one.answers, one.steps) for one in every if not one.is_adjudication]
    differ = disputes.differing(given, disputes.compared(asked))
    decided = {(key, str(step.run)) for step in begun.steps for key in step.answers}
    _require_steps(asked, [key for key, step in differ if step != disputes.WHOLE and (key, step) not in decided])
    said = {point: value for one in reversed(given) for point, value in one.items() if point not in differ}
    return {point: value for point, value in said.items() if _is_asked(asked, point)}


def _is_asked(asked: Rubric, point: disputes.Point) -> bool:
    key, step = point
    return bool(asked.question(key) if step == disputes.WHOLE else asked.step_question(key))


def _require_steps(asked: Rubric, open_still: Sequence[str]) -> None:
    """Raise StepsDifferError if questions about steps are open still."""
    if open_still:
        raise StepsDifferError([one.label for one in asked.step_questions if one.key in open_still])


def _steps(agreed: Answers, begun: Sequence[StepJudgement]) -> tuple[StepJudgement, ...]:
    """What was begun with, and what the reviewers agree on beside it."""
    judged = {str(step.run): step for step in begun}
    for (key, run), value in agreed.items():
        if run != disputes.WHOLE:
            step = judged.get(run) or StepJudgement(run=UUID(run))
            judged[run] = step.model_copy(update={"answers": {key: value} | step.answers})
    return tuple(judged.values())
