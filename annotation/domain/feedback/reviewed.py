"""The judgements of a review as feedback rows: written whole, replaced whole, marked when they settle the matter."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from annotation.domain.feedback import joining
from annotation.models import Feedback, Review


def replace(*, review: Review, rows: Iterable[Feedback], traces: Iterable[UUID]) -> None:
    """Put `rows` in place of what this review said before, and bring the verdicts of `traces` up to date."""
    Feedback.objects.filter(review=review).delete()
    Feedback.objects.bulk_create(rows)
    _tell(review, traces)


def adjudicate(*, review: Review, traces: Iterable[UUID]) -> None:
    """Let this review's word stand above those of the item's other reviews."""
    Feedback.objects.filter(review__item=review.item_id).exclude(review=review).update(is_adjudicated=False)
    Feedback.objects.filter(review=review).update(is_adjudicated=True)
    _tell(review, traces)


def withdraw(*, review: Review, traces: Iterable[UUID]) -> None:
    """Take back all that this review said."""
    Feedback.objects.filter(review=review).delete()
    _tell(review, traces)


def _tell(review: Review, traces: Iterable[UUID]) -> None:
    workspace_id, changed = review.item.workspace_id, list(traces)
    joining.recompute(workspace_id=workspace_id, traces=changed)
    joining.touch(workspace_id=workspace_id, traces=changed)
