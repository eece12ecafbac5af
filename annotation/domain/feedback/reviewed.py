"""The judgements of a review as feedback rows: written whole, replaced whole, marked when they settle the matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from annotation.domain.feedback import joining
from annotation.models import Feedback, Review


def replace(*, review: Review, rows: Iterable[Feedback], traces: Collection[UUID]) -> None:
    """Put `rows` in place of what this review said before, and bring the verdicts of `traces` up to date."""
    joining.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review=review).delete()
    Feedback.objects.bulk_create(rows)
    _tell(review, traces)


def adjudicate(*, review: Review, traces: Collection[UUID]) -> None:
    """Let this review's word stand above those of the item's other reviews."""
    joining.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review__item=review.item_id).exclude(review=review).update(is_adjudicated=False)
    Feedback.objects.filter(review=review).update(is_adjudicated=True)
    _tell(review, traces)


def withdraw(*, review: Review, traces: Collection[UUID]) -> None:
    """Take back all that this review said."""
    joining.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review=review).delete()
    _tell(review, traces)


def _tell(review: Review, traces: Collection[UUID]) -> None:
    joining.recompute(workspace_id=review.item.workspace_id, traces=traces)
    joining.touch(workspace_id=review.item.workspace_id, traces=traces)
