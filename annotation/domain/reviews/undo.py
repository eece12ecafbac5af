"""Takes back what somebody did last: a submission, which becomes a draft again or says again what it said before its edit; a flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from annotation.domain.feedback import reviewed
from annotation.domain.queues import admission, assignment, items, probes
from annotation.domain.queues.assignment import Claim
from annotation.domain.queues.refusals import ClaimError
from annotation.domain.queues.sight import Sight
from annotation.domain.reviews import correct, drafts, history, originals, settling, submissions, submit
from annotation.domain.reviews.rubric import InvalidReviewError
from annotation.domain.rows import Rows
from annotation.models import Item, Probe, Queue, Review, ReviewRevision, User

MOST_RECENT = 10
"""How many submissions are offered to be taken back."""


class UndoRefusedError(Exception):
    """The submission cannot be taken back; the message says why. `code` is for programs."""

    code = "undo_refused"


def recent(*, queue: Queue, by: User) -> list[Review]:
    """What the person submitted or edited last in this queue, the latest first; at most MOST_RECENT, each review once."""
    rows = Review.objects.select_related("item", "rubric").filter(item__queue=queue, reviewer=by)
    tested = Probe.objects.filter(item__queue=queue, reviewer=by)
    return submissions.page_of(rows, tested, size=MOST_RECENT).rows


def last_submission(*, queue: Queue, by: User) -> Review | None:
    """Their latest review, whatever they answered elsewhere since."""
    rows = Review.objects.select_related("item").filter(item__queue=queue, reviewer=by)
    return rows.order_by("-modified_at", "-id").first()


@dataclass(frozen=True, slots=True)
class Last:
    """The item that a person acted on last in a queue: they flagged it, or submitted something on it."""

    item: Item
    is_flag: bool = False


def last(*, queue: Queue, by: User) -> Last | None:
    """What undo would take back: a submission or an edit, of a probe as well as of a review, or a flag that still stands."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"queue": queue.pk, "person": by.pk})
        found = cursor.fetchone()
    if found is None:
        return None
    pk, is_flag = found
    item = _ITEM.first(item=pk)
    return Last(item, is_flag=is_flag) if item else None


_LAST = """
SELECT item_id, kind = 2 FROM (
  (SELECT r.item_id, 0 AS kind, r.modified_at AS at FROM annotation_review r JOIN annotation_item i ON i.id = r.item_id
   WHERE i.queue_id = %(queue)s AND r.reviewer_id = %(person)s AND NOT r.is_adjudication
   ORDER BY r.modified_at DESC, r.id DESC LIMIT 1)
  UNION ALL
  (SELECT p.item_id, 1, p.submitted_at FROM annotation_probe p JOIN annotation_item i ON i.id = p.item_id
   WHERE i.queue_id = %(queue)s AND p.reviewer_id = %(person)s AND p.submitted_at IS NOT NULL
   ORDER BY p.submitted_at DESC LIMIT 1)
  UNION ALL
  (SELECT i.id, 2, i.flagged_at FROM annotation_item i
   WHERE i.queue_id = %(queue)s AND i.flagged_by_id = %(person)s AND i.flagged_at IS NOT NULL AND i.state <> 'removed'
   ORDER BY i.flagged_at DESC, i.id DESC LIMIT 1)) AS acts
ORDER BY at DESC, kind LIMIT 1
"""
# Planned anew each time: a plan of yesterday could read all reviews of somebody who has many in other queues.
_ITEM = Rows(Item, "it.id = %(item)s")


@dataclass(frozen=True, slots=True)
class FlagUndone:
    """A flag that stands no more: taken back now, or gone before. `given` is the item again, or why it is not the person's."""

    is_withdrawn: bool
    given: Claim | ClaimError


def undo_flag(*, item: Item, by: User, now: datetime) -> FlagUndone:
    """Withdraw the person's flag of the item, and give it to them again, before anybody else.

    Somebody may have settled the flag meanwhile; then the item is given to them as any other. Raises FlagOfAnotherError,
    and ItemNotOpenError where it was removed.
    """
    with transaction.atomic():
        locked = assignment.lock(item)
        is_withdrawn = items.withdraw_locked(locked, by=by)
        try:
            return FlagUndone(is_withdrawn, assignment.claim_locked(locked, by=by, now=now))
        except ClaimError as refusal:
            return FlagUndone(is_withdrawn, refusal)


def undo_last(*, queue: Queue, by: User, now: datetime) -> Claim | None:
    """Take back what the person submitted last in the queue; None where there is nothing. Raises as `undo` does."""
    review = last_submission(queue=queue, by=by)
    probe = probes.last_answered(queue, by, since=review.modified_at if review else None)
    if probe:
        return _undo_probe(probe, by, now)
    return undo(review=review, by=by, now=now) if review else None


def undo_on(*, item: Item, by: User, now: datetime) -> Claim | None:
    """Take back what the person submitted last on this item; None where there is nothing. Raises as `undo` does."""
    probe = probes.answered_on(item, by)
    review = Review.objects.filter(item=item, reviewer=by).first()
    if probe and probe.submitted_at and (review is None or probe.submitted_at > review.modified_at):
        return _undo_probe(probe, by, now)
    return undo(review=review, by=by, now=now) if review else None


def _undo_probe(probe: Probe, by: User, now: datetime) -> Claim:
    with transaction.atomic():
        item = assignment.lock(probe.item)
        admission.require_active(item.queue)
        probes.reopen(probe)
        typed = history.as_input(submissions.as_review(probe))
        drafts.save(item=item, by=by, content=typed, now=now, submission_count=probe.times_submitted)
        return assignment.claim_locked(item, by=by, now=now)


def undo(*, review: Review, by: User, now: datetime) -> Claim:
    """Take back what the person did last with their own review; what they had typed becomes their draft.

    An edit: the review says again what it said before, and is open for editing. The first submission: its feedback goes, and
    the item is theirs again. Raises UndoRefusedError for somebody else's review, one whose correction was accepted and one
    that can no longer say what it said; ClaimError when the queue gives out no items.
    """
    with transaction.atomic():
        try:
            locked = correct.lock(review)
        except correct.TakenBackError as problem:  # by the same person's other click
            raise UndoRefusedError("This review has been taken back already.") from problem
        _require_undoable(locked, by)
        admission.require_active(locked.item.queue)
        item, typed, count = locked.item, history.as_input(locked), locked.submission_count
        if before := history.before(locked):
            _put_back(locked, before, by, now)
        else:
            _withdraw(locked, now)
        drafts.save(item=item, by=by, content=typed, now=now, submission_count=0 if before else count)
        return assignment.claim_locked(item, by=by, now=now)


def _put_back(review: Review, before: ReviewRevision, by: User, now: datetime) -> None:
    """Going on counting submissions, so that nobody's decision on the edit covers these words."""
    seen = Sight(policy=review.shown)  # no more was shown to whoever takes back
    try:
        submit.submit(item=review.item, by=by, answers=history.given_in(before), now=now, sight=seen)
    except InvalidReviewError as problem:
        raise UndoRefusedError(
            "What stood here before names something that is gone; edit the review again instead."
        ) from problem
    history.forget_from(before)


def _withdraw(review: Review, now: datetime) -> None:
    item = review.item
    reviewed.withdraw(review=review, traces=originals.traces_of(item))
    review.delete()
    settling.recount(item, now=now)


def _require_undoable(review: Review, by: User) -> None:
    if review.reviewer_id != by.pk:
        raise UndoRefusedError("Only the person who gave a review can take it back.")
    if review.correction_state == Review.Correction.ACCEPTED:
        raise UndoRefusedError("The correction has been accepted, so the review stays; you can still edit it.")
