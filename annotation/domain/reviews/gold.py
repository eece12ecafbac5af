"""Items with known answers: marked by an editor, from a review or with answers of their own."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from pydantic import JsonValue

from annotation.domain import audit
from annotation.domain.queues import assignment, rubric_versions, state
from annotation.domain.queues.rubric import Rubric
from annotation.domain.reviews import rubric
from annotation.domain.reviews.content import ReviewInput
from annotation.models import Item, Review, User


class GoldError(Exception):
    """The item cannot be marked; the message says why. `code` is for programs."""

    code = "gold_refused"


def mark(*, item: Item, by: User, answers: Mapping[str, JsonValue]) -> Item:
    """Keep these answers as the right ones; the item is mixed into the lines of those who have not reviewed it.

    Questions left out are not held against anybody. Raises GoldError for an item that still waits for reviews and for no
    answers; InvalidReviewError for answers that do not fit the rubric.
    """
    with transaction.atomic():
        locked = assignment.lock(item)
        if locked.state != state.DONE:
            raise GoldError("Only an item that has all its reviews, and no disagreement left, can be gold.")
        asked = rubric_versions.asked_of(locked, rubric_versions.current(locked.queue), None)
        locked.gold = rubric.validate(_optional(asked), ReviewInput(answers=dict(answers))).answers
        if not locked.gold:
            raise GoldError("Give at least one answer that is known.")
        locked.save(update_fields=["gold"])
        audit.record("item.gold", by=by, workspace=locked.workspace, target=locked, detail=_where(locked))
    return locked


def mark_by(*, review: Review, by: User) -> Item:
    """As `mark`, with what this review answered."""
    return mark(item=review.item, by=by, answers=review.answers)


def unmark(*, item: Item, by: User) -> Item:
    """The item is no longer mixed in; what was answered to it stays. Twice is once."""
    with transaction.atomic():
        locked = assignment.lock(item)
        if locked.gold is not None:
            locked.gold = None
            locked.save(update_fields=["gold"])
            audit.record("item.gold_ended", by=by, workspace=locked.workspace, target=locked, detail=_where(locked))
    return locked


def _optional(asked: Rubric) -> Rubric:
    """The rubric with no answer required: what is not known is left out."""
    questions = tuple(one.model_copy(update={"is_required": False, "required_if": None}) for one in asked.questions)
    return asked.model_copy(update={"questions": questions})


def _where(item: Item) -> dict[str, object]:
    return {"queue": item.queue.name, "number": item.number}
