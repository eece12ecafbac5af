"""What somebody has typed on an item and not yet submitted; outlives the reservation, and the crash of a browser."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from annotation.domain import statements
from annotation.domain.queues.sight import WHOLE, Sight
from annotation.domain.reviews import content, masked
from annotation.domain.reviews.content import ReviewInput
from annotation.domain.reviews.stored import storable
from annotation.domain.rows import Rows
from annotation.models import Draft, Item, User


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What was typed, and when it was kept."""

    content: ReviewInput
    saved_at: datetime


def save(
    *, item: Item, by: User, content: ReviewInput, now: datetime, sight: Sight = WHOLE, submission_count: int = 0
) -> SavedDraft:
    """Keep what the person has typed so far, in place of what was kept before; need not fit the rubric yet.

    `sight` is what they saw, see `as_typed`. `submission_count` is how often they had submitted what becomes a draft again.
    """
    content = as_typed(content, item=item, by=by, sight=sight)
    document = storable(content.document())
    Draft.objects.bulk_create(
        [Draft(item=item, reviewer=by, content=document, saved_at=now, submission_count=submission_count)],
        update_conflicts=True,
        unique_fields=["item", "reviewer"],
        update_fields=["content", "saved_at", *(["submission_count"] if submission_count else [])],
    )
    return SavedDraft(content, now)


def as_typed(content: ReviewInput, *, item: Item, by: User, sight: Sight) -> ReviewInput:
    """The content with the words of the person's draft where a page that shows it masked sent their tokens."""
    if sight.mask is None or not masked.has_tokens(content):
        return content
    before = load(item=item, by=by)
    return masked.retyped(content, before.content, sight.mask) if before else content


def load(*, item: Item, by: User) -> SavedDraft | None:
    """The person's own draft on this item, if there is one."""
    draft = _OWN.first(item=item.pk, person=by.pk)
    return SavedDraft(content.read_draft(draft.content), draft.saved_at) if draft else None


def load_each(*, items: Collection[Item], by: User) -> dict[int, SavedDraft]:
    """The person's own drafts on these items, by the item's inside id."""
    found = Draft.objects.filter(item__in=items, reviewer=by)
    return {draft.item_id: SavedDraft(content.read_draft(draft.content), draft.saved_at) for draft in found}


_OWN = Rows(Draft, "it.item_id = %(item)s AND it.reviewer_id = %(person)s")


def discard(*, item: Item, by: User) -> None:
    """Drop the person's draft; none is fine. Of a review that they took back, it stays empty: it knows how often they submitted."""
    statements.send(_DISCARD, {"item": item.pk, "person": by.pk})


_THEIRS = "item_id = %(item)s AND reviewer_id = %(person)s"
_DISCARD = f"""
WITH gone AS (DELETE FROM {Draft._meta.db_table} WHERE {_THEIRS} AND submission_count = 0)
UPDATE {Draft._meta.db_table} SET content = '{{}}' WHERE {_THEIRS} AND submission_count > 0
"""  # noqa: S608, SLF001 -- our own words, and the only way to a table's name
