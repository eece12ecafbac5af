"""The judgements of a review as feedback rows: written whole, replaced whole, marked when they settle the matter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from annotation.domain import statements
from annotation.domain.feedback import deriving, meanings, storing
from annotation.domain.feedback.meanings import KeyConfig
from annotation.models import Feedback, Item, Review

Said = Callable[[Sequence[KeyConfig]], Iterable[Feedback]]
"""Makes the feedback of a review, by what the workspace's keys mean."""


def replace(*, review: Review, said: Said, traces: Collection[UUID]) -> None:
    """Put what the review says now in place of what it said before, and bring the verdicts of `traces` up to date."""
    workspace_id = review.item.workspace_id
    with statements.pipelined():
        holding = deriving.ask_to_hold(workspace_id=workspace_id, traces=traces)
        # Read once the traces are held: whoever gives a key another meaning derives the verdicts of traces after that.
        reading = meanings.ask_configs(workspace_id)
    held, configs = holding(), reading()
    rows = list(said(configs))
    if review.submission_count > 1:
        Feedback.objects.filter(review=review).delete()
    with statements.pipelined():
        inserting = storing.ask_to_insert(rows)
        words = deriving.ask_words(workspace_id, held)
    inserting()
    deriving.tell_of(held, words, meanings.of(configs))


def adjudicate(*, review: Review, traces: Collection[UUID]) -> None:
    """Let this review's word stand above those of the item's other reviews."""
    held = deriving.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review__item=review.item_id).exclude(review=review).update(is_adjudicated=False)
    Feedback.objects.filter(review=review).update(is_adjudicated=True)
    deriving.tell(workspace_id=review.item.workspace_id, held=held)


def reopen(*, item: Item, traces: Collection[UUID]) -> None:
    """Let the item's reviews stand side by side again; an answer that was written to settle them says nothing any more."""
    held = deriving.hold(workspace_id=item.workspace_id, traces=traces)
    Feedback.objects.filter(review__item=item, review__is_adjudication=True).delete()
    Feedback.objects.filter(review__item=item, is_adjudicated=True).update(is_adjudicated=False)
    deriving.tell(workspace_id=item.workspace_id, held=held)


def withdraw(*, review: Review, traces: Collection[UUID]) -> None:
    """Take back all that this review said."""
    held = deriving.hold(workspace_id=review.item.workspace_id, traces=traces)
    Feedback.objects.filter(review=review).delete()
    deriving.tell(workspace_id=review.item.workspace_id, held=held)
