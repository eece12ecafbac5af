"""The word that settled an item before, and why it holds no more. The audit log keeps it: the item knows its present one only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Subquery

from annotation.domain import audit
from annotation.models import AuditEvent, Item, Review

GIVEN = "item.adjudicated"
_ENDED = ("item.reopened", "item.sent_back")


@dataclass(frozen=True, slots=True)
class Overtaken:
    """`given` is the word, `ended` what an editor did to it since; without that, `changed` are the reviews that came after it
    (none: one was taken back).
    """

    given: AuditEvent
    ended: AuditEvent | None
    changed: tuple[Review, ...] = ()


def last_word(item: Item) -> Subquery:
    """The id of the last word on the item, for a statement that is sent anyway: most never had one."""
    return Subquery(_words(item).values("pk")[:1])


def of(item: Item) -> Overtaken | None:
    """The last word on the item, if none holds now."""
    return since(item, _words(item).values_list("pk", flat=True).first(), Review.objects.filter(item=item))


def since(item: Item, word: int | None, reviews: Sequence[Review] | QuerySet[Review]) -> Overtaken | None:
    """The same, of what `last_word` has found, and of the item's reviews."""
    if word is None or item.adjudicated_at is not None:
        return None
    *later, given = audit.of(item, GIVEN, *_ENDED).filter(pk__gte=word)
    changed = tuple(review for review in reviews if review.modified_at > given.happened_at)
    return Overtaken(given, later[0] if later else None, changed)


def _words(item: Item) -> QuerySet[AuditEvent]:
    return audit.of(item, GIVEN)
