"""An editor settles an item: one of its reviews as it is, or an answer of the editor's own; or calls one more reviewer.

No reservation is needed and none is taken: whoever decides last on what they have not seen is refused instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from annotation.domain import audit
from annotation.domain.feedback import reviewed
from annotation.domain.queues import admission, assignment, state
from annotation.domain.reviews import checking, correct, originals, settling
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Review, User

Correction = Review.Correction


class AdjudicationError(Exception):
    """The item cannot be settled like this; the message is for the person. `code` is for programs."""

    code = "adjudication_refused"


class StillOpenError(AdjudicationError):
    """Reviews are missing, or the item was removed."""

    code = "still_open"

    def __init__(self, item: Item) -> None:
        why = "was removed from the queue" if item.state == Item.State.REMOVED else "is still being reviewed"
        super().__init__(f"Item {item.number} {why}; there is nothing to decide.")


class OvertakenError(AdjudicationError):
    """The reviews, or the word on them, changed after the person who decides had read them."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("The reviews of this item, or the word on them, have changed since you read them; read again.")


class NoSuchReviewError(AdjudicationError):
    """The review is not one of the item's (any more)."""

    code = "no_such_review"

    def __init__(self) -> None:
        super().__init__("This review is not one of the item's; it may have been taken back.")


class NotSettledError(AdjudicationError):
    """There is no word to take back."""

    code = "not_settled"

    def __init__(self, item: Item) -> None:
        super().__init__(f"Nobody has decided on item {item.number}; there is nothing to take back.")


class NobodyLeftError(AdjudicationError):
    """Everybody who may review the item has."""

    code = "nobody_left"

    def __init__(self) -> None:
        super().__init__("Everybody who may review this item has done so; name another reviewer in the queue first.")


def token(item: Item, reviews: Sequence[Review]) -> str:
    """What a person has read, in short: another one as soon as a review, a written answer or the word on them changes."""
    read = sorted(f"{review.uuid}:{review.submission_count}" for review in reviews)
    return sha256(";".join([str(item.adjudicated_at), *read]).encode()).hexdigest()[:16]


def require_full(item: Item) -> None:
    """Raise StillOpenError unless all reviews of the item are in."""
    if item.state not in state.FULL:
        raise StillOpenError(item)


def take(*, item: Item, review: UUID, by: User, now: datetime, seen: str | None = None, note: str = "") -> Item:
    """Make this review the item's one answer, as it is; a correction that it proposes is accepted with it.

    `seen` is the `token` of what the person read. Raises StillOpenError, OvertakenError, NoSuchReviewError, and
    DatasetError where the target dataset does not take the correction; then nothing has changed.
    """
    with transaction.atomic():
        locked = _lock(item, seen)
        chosen = Review.objects.select_related("reviewer").filter(item=locked, uuid=review).first()
        if chosen is None:
            raise NoSuchReviewError
        chosen.item = locked
        settling.settle(chosen, locked, by=by, now=now, note=note.strip())
        if chosen.correction_state == Correction.PROPOSED:
            correct.accept_locked(chosen, by=by, now=now, note=note)
        return locked


def write(
    *, item: Item, answers: ReviewInput, by: User, now: datetime, seen: str | None = None, note: str = ""
) -> Item:
    """Make these answers the item's one answer, beside its reviews, which stay as they were given.

    A correction among them is accepted. Raises InvalidReviewError, and as `take`.
    """
    with transaction.atomic():
        locked = _lock(item, seen)
        given = checking.checked(locked, by, answers, project=originals.project_of(locked), asks_steps=False)
        written = _written(locked, by, given, now)
        reviewed.replace(review=written, said=given.judgements(written), traces=originals.traces_of(locked))
        settling.settle(written, locked, by=by, now=now, note=note.strip())
        if given.proposes:
            correct.accept_locked(written, by=by, now=now, note=note)
        return locked


def reopen(*, item: Item, by: User, now: datetime) -> Item:
    """Take the word back: the item waits for another one, where its reviews differ. Raises NotSettledError."""
    with transaction.atomic():
        locked = assignment.lock(item)
        if locked.adjudicated_at is None:
            raise NotSettledError(locked)
        settling.recount(locked, now=now)
        audit.record("item.reopened", by=by, workspace=locked.workspace, target=locked, detail=_where(locked))
        return locked


def call_another(*, item: Item, by: User, seen: str | None = None) -> Item:
    """Send the item back into the line for one more review. Raises StillOpenError, OvertakenError, NobodyLeftError."""
    with transaction.atomic():
        locked = _lock(item, seen)
        if not admission.is_anybody_left(locked):
            raise NobodyLeftError
        settling.withdraw(locked)
        settling.add_seat(locked)
        audit.record("item.sent_back", by=by, workspace=locked.workspace, target=locked, detail=_where(locked))
        return locked


def _lock(item: Item, seen: str | None) -> Item:
    """The item's newest state, locked, if it can be decided on by somebody who has read `seen`."""
    locked = assignment.lock(item)
    require_full(locked)
    if seen is not None and seen != token(locked, list(Review.every.filter(item=locked))):
        raise OvertakenError
    return locked


def _written(item: Item, by: User, given: checking.Checked, now: datetime) -> Review:
    """The row of the item's written answer, new or in place of the one before."""
    review = Review.every.filter(item=item, is_adjudication=True).first() or Review(
        item=item, is_adjudication=True, submission_count=0, submitted_at=now
    )
    for name, value in given.columns().items():
        setattr(review, name, value)
    review.item, review.reviewer, review.modified_at = item, by, now
    review.correction_state = Correction.NONE
    review.decided_by, review.decided_at, review.decision_note = None, None, ""
    review.active_ms += given.given.active_ms
    review.submission_count += 1
    review.save()
    return review


def _where(item: Item) -> dict[str, object]:
    return {"queue": item.queue.name, "item": item.number}
