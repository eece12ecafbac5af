"""What becomes of a proposed correction: accepted, it settles the item and becomes a dataset row; or rejected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from annotation.domain import audit
from annotation.domain.datasets import rows
from annotation.domain.datasets.content import RowContent
from annotation.domain.datasets.problems import DatasetError
from annotation.domain.queues import assignment, rubric
from annotation.domain.reviews import assertions, originals, settling
from annotation.domain.reviews.originals import Original
from annotation.models import Review, User

Correction = Review.Correction


class CorrectionError(Exception):
    """The correction cannot be decided on; the message is for the person. `code` is for programs."""

    code = "correction_refused"


class NothingProposedError(CorrectionError):
    """The review proposes no correction (any more)."""

    code = "nothing_proposed"

    def __init__(self) -> None:
        super().__init__("This review proposes no correction; there is nothing to decide.")


class AlreadyAcceptedError(CorrectionError):
    """An accepted correction cannot be rejected: it is a row of a dataset."""

    code = "already_accepted"

    def __init__(self) -> None:
        super().__init__("This correction has been accepted already; remove its row from the dataset instead.")


class TakenBackError(CorrectionError):
    """The reviewer took the whole review back in the meantime."""

    code = "taken_back"

    def __init__(self) -> None:
        super().__init__("This review has been taken back; it is a draft again until it is submitted once more.")


class ChangedMeanwhileError(CorrectionError):
    """The reviewer edited the review after the person who decides opened it."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("The reviewer has changed this review since you opened it; read it again, then decide.")


def accept(*, review: Review, by: User, now: datetime, note: str = "", seen: int | None = None) -> Review:
    """Accept the correction: the review becomes the item's authoritative one and a row of the queue's target dataset.

    `seen` is the `submission_count` that the person was shown. Twice is once. Raises NothingProposedError,
    ChangedMeanwhileError, TakenBackError, and DatasetError where the dataset does not take the row; then nothing has changed.
    """
    with transaction.atomic():
        locked = lock(review, seen)
        if locked.correction_state == Correction.ACCEPTED:
            return locked
        if locked.correction_state == Correction.NONE:
            raise NothingProposedError
        return accept_locked(locked, by=by, now=now, note=note)


def reject(*, review: Review, by: User, now: datetime, note: str = "", seen: int | None = None) -> Review:
    """Turn the correction down; the review and its other judgements stay.

    Raises NothingProposedError, AlreadyAcceptedError, ChangedMeanwhileError, TakenBackError.
    """
    with transaction.atomic():
        locked = lock(review, seen)
        if locked.correction_state == Correction.ACCEPTED:
            raise AlreadyAcceptedError
        if locked.correction_state == Correction.NONE:
            raise NothingProposedError
        if locked.correction_state == Correction.PROPOSED:
            _decide(locked, Correction.REJECTED, by, now, note)
            audit.record(
                "correction.rejected", by=by, workspace=locked.item.workspace, target=locked, detail=_where(locked)
            )
        return locked


def accept_locked(review: Review, *, by: User, now: datetime, note: str = "") -> Review:
    """Accept inside a transaction that holds the item's lock."""
    _decide(review, Correction.ACCEPTED, by, now, note)
    if review.item.is_disputed or (review.item.adjudicated_at and not review.is_authoritative):
        settling.settle(review, review.item, by=by, now=now, note=note)
    else:
        settling.make_authoritative(review, review.item)
    _add_row(review, by, now)
    audit.record("correction.accepted", by=by, workspace=review.item.workspace, target=review, detail=_where(review))
    return review


def accept_at_once(review: Review, *, by: User, now: datetime) -> Review:
    """Accept as part of a submission; a row that the dataset does not take leaves the correction waiting."""
    try:
        with transaction.atomic():
            return accept_locked(review, by=by, now=now)
    except DatasetError:
        review.refresh_from_db(
            fields=["correction_state", "decided_by", "decided_at", "decision_note", "is_authoritative"]
        )
        return review


def lock(review: Review, seen: int | None = None) -> Review:
    """The review's newest state with its item locked, until the transaction ends.

    Raises TakenBackError and ChangedMeanwhileError.
    """
    item = assignment.lock(review.item)
    locked = Review.objects.select_related("reviewer", "rubric").filter(pk=review.pk).first()
    if locked is None:
        raise TakenBackError
    locked.item = item
    if seen is not None and locked.submission_count != seen:
        raise ChangedMeanwhileError
    return locked


def _decide(review: Review, word: str, by: User, now: datetime, note: str) -> None:
    review.correction_state, review.decided_by, review.decided_at = word, by, now
    review.decision_note = note.strip()
    review.save(update_fields=["correction_state", "decided_by", "decided_at", "decision_note"])


def _add_row(review: Review, by: User, now: datetime) -> None:
    dataset = review.item.queue.target_dataset
    if dataset is None:
        return
    source = originals.original(review.item, review.corrected_run_uuid, review.corrected_part)
    row = row_of(source, review.correction, assertions.of_answers(rubric.read(review.rubric.questions), review.answers))
    rows.add_from_review(
        dataset=dataset,
        review=review,
        trace=source.trace_uuid,
        inputs=row.inputs,
        outputs=row.outputs,
        metadata=dict(row.metadata),
        by=by,
        now=now,
    )


def row_of(source: Original, correction: Any, said: dict[str, list[str]]) -> RowContent:
    """The row that a correction becomes; without one its outputs are `said`, what the answer must and must not do."""
    outputs = {"output": correction} if isinstance(correction, str) else correction
    if correction is None:
        outputs = {rows.ASSERTIONS: said}
    return RowContent(source.inputs, outputs, {rows.ASSERTIONS: said} if said else {})


def _where(review: Review) -> dict[str, object]:
    dataset = review.item.queue.target_dataset
    return {
        "queue": review.item.queue.name,
        "item": review.item.number,
        "reviewer": review.reviewer.email,
        "dataset": dataset.name if dataset else None,
    }
