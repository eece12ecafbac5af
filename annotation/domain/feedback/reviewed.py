"""The judgements of a review as feedback rows: written whole, replaced whole, marked when they settle the matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from annotation.domain.feedback import joining
from annotation.models import Feedback, Item, Review


def replace(*, review: Review, rows: Iterable[Feedback], traces: Collection[UUID]) -> None:
    """Put `rows` in place of what this review said before, and bring the verdicts of `traces` up to date."""
    held = joining.hold(workspace_id=review.item.workspace_id, traces=traces)
    if review.submission_count > 1:
        Feedback.objects.filter(review=review).delete()
    Feedback.objects.bulk_create(rows)
    joining.tell(workspace_id=review.item.workspace_id, held=held)


def adjudicate(*, review: Review, traces: Collection[UUID]) -> None:
    """Let this review's word stand above those of the item's other reviews."""
    held = joining.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review__item=review.item_id).exclude(review=review).update(is_adjudicated=False)
    Feedback.objects.filter(review=review).update(is_adjudicated=True)
    joining.tell(workspace_id=review.item.workspace_id, held=held)


def reopen(*, item: Item, traces: Collection[UUID]) -> None:
    """Let the item's reviews stand side by side again; an answer that was written to settle them says nothing any more."""
    held = joining.hold(workspace_id=item.workspace_id, traces=traces)
    Feedback.objects.filter(review__item=item, review__is_adjudication=True).delete()
    Feedback.objects.filter(review__item=item, is_adjudicated=True).update(is_adjudicated=False)
    joining.tell(workspace_id=item.workspace_id, held=held)


def withdraw(*, review: Review, traces: Collection[UUID]) -> None:
    """Take back all that this review said."""
    held = joining.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review=review).delete()
    joining.tell(workspace_id=review.item.workspace_id, held=held)
