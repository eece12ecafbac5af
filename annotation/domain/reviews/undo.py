"""Takes a submission back: the review becomes a draft again, and its item comes back on the screen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from annotation.domain.feedback import reviewed
from annotation.domain.queues import assignment, probes
from annotation.domain.queues.assignment import Claim
from annotation.domain.reviews import content, correct, drafts, originals, settling
from annotation.domain.reviews.content import Evidence, ReviewInput, StepJudgement
from annotation.models import Item, Probe, Queue, Review, User


class UndoRefusedError(Exception):
    """The submission cannot be taken back; the message says why. `code` is for programs."""

    code = "undo_refused"


def last_submission(*, queue: Queue, by: User) -> Review | None:
    """What the person submitted or edited last in this queue."""
    rows = Review.objects.select_related("item").filter(item__queue=queue, reviewer=by)
    return rows.order_by("-modified_at", "-id").first()


def last_item(*, queue: Queue, by: User) -> Item | None:
    """The item that the person submitted or edited something on last in this queue, a probe as well as a review."""
    review = last_submission(queue=queue, by=by)
    probe = probes.last_answered(queue, by, since=review.modified_at if review else None)
    return probe.item if probe else review.item if review else None


def undo_last(*, queue: Queue, by: User, now: datetime) -> Claim | None:
    """Take back what the person submitted last in the queue; None where there is nothing. Raises as `undo` does."""
    review = last_submission(queue=queue, by=by)
    probe = probes.last_answered(queue, by, since=review.modified_at if review else None)
    if probe:
        return _undo_probe(probe, by, now)
    return undo(review=review, by=by, now=now) if review else None


def _undo_probe(probe: Probe, by: User, now: datetime) -> Claim:
    with transaction.atomic():
        item = assignment.lock(probe.item)
        assignment.require_active(item.queue)
        probes.reopen(probe)
        typed = ReviewInput(
            answers=probe.answers,
            labels=tuple(probe.labels),
            layer=probe.layer,
            first_failing_run_uuid=probe.first_failing_run_uuid,
            note=probe.note,
            rubric_version=probe.rubric.number if probe.rubric else None,
        )
        drafts.save(item=item, by=by, content=typed, now=now)
        return assignment.claim_locked(item, by=by, now=now)


def undo(*, review: Review, by: User, now: datetime) -> Claim:
    """Take back the person's own review: its feedback goes, its content becomes their draft, the item is theirs again.

    Raises UndoRefusedError for somebody else's review, one that was edited since (its first state is not kept: edit it
    again instead) and one whose correction was accepted; ClaimError when the queue gives out no items.
    """
    with transaction.atomic():
        try:
            locked = correct.lock(review)
        except correct.TakenBackError as problem:  # by the same person's other click
            raise UndoRefusedError("This review has been taken back already.") from problem
        _require_undoable(locked, by)
        assignment.require_active(locked.item.queue)
        item, typed, traces = locked.item, as_input(locked), originals.traces_of(locked.item)
        reviewed.withdraw(review=locked, traces=traces)
        locked.delete()
        settling.recount(item, now=now)
        drafts.save(item=item, by=by, content=typed, now=now)
        return assignment.claim_locked(item, by=by, now=now)


def as_input(review: Review) -> ReviewInput:
    """What the person gave, as they would give it again; fills the form when a review is edited."""
    labels = content.read_labels(review.labels)
    return ReviewInput(
        answers=review.answers,
        labels=tuple(label.name for label in labels),
        evidence=tuple(
            Evidence(label=label.name, run=one.run, text=one.text) for label in labels for one in label.evidence
        ),
        layer=review.layer,
        first_failing_run_uuid=review.first_failing_run_uuid,
        steps=tuple(
            StepJudgement(
                run=step.run, thumb=step.thumb, labels=tuple(label.name for label in step.labels), note=step.note
            )
            for step in content.read_steps(review.steps)
        ),
        correction=review.correction,
        corrected_run_uuid=review.corrected_run_uuid,
        corrected_part=review.corrected_part,
        note=review.note,
        rubric_version=review.rubric.number,
    )


def _require_undoable(review: Review, by: User) -> None:
    if review.reviewer_id != by.pk:
        raise UndoRefusedError("Only the person who gave a review can take it back.")
    if review.correction_state == Review.Correction.ACCEPTED:
        raise UndoRefusedError("The correction has been accepted, so the review stays; you can still edit it.")
    if review.submission_count > 1:
        raise UndoRefusedError("This was an edit, and what stood before is not kept; edit the review again instead.")
