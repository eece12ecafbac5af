"""Where an item stands for one reviewer: to be reviewed by them, waiting for others, or completed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from annotation.domain.queues import probes, state
from annotation.domain.queues.line import ORDERS
from annotation.models import Item, Queue, Review, Skip, User


class Section(StrEnum):
    """The three parts of a reviewer's list; what is flagged waits for others."""

    MINE = "needs_my_review"
    OTHERS = "needs_others_review"
    COMPLETED = "completed"


def of_section(items: QuerySet[Item], section: Section, person: User | None) -> QuerySet[Item]:
    """Those of `items` that stand in the section, for this person: what they are to judge anew is theirs, as if it was new."""
    anew = probes.open_for(person)
    match section:
        case Section.MINE:
            mine = fresh(items, person)
            return items.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=anew, flagged_at=None)) if anew else mine
        case Section.OTHERS:
            flagged = Q(flagged_at__isnull=False) & (Q(state=Item.State.OPEN) | Q(pk__in=anew))
            return items.filter(flagged | _reviewed(person) & Q(state=Item.State.OPEN) & ~Q(pk__in=anew))
        case Section.COMPLETED:
            return items.filter(state__in=state.FULL).exclude(pk__in=anew)


def fresh(items: QuerySet[Item], person: User | None) -> QuerySet[Item]:
    """The open ones that the person has not reviewed and nobody has flagged."""
    return items.filter(~_reviewed(person), state=Item.State.OPEN, flagged_at=None)


def section_of(item: Item, person: User | None) -> Section:
    """The section that the item stands in, for this person."""
    is_anew = item.pk in probes.open_for(person)
    if item.flagged_at and (is_anew or item.state == Item.State.OPEN):
        return Section.OTHERS
    if is_anew:
        return Section.MINE
    if item.state in state.FULL:
        return Section.COMPLETED
    has_reviewed = Review.objects.filter(item=item, reviewer=person).exists()
    return Section.OTHERS if has_reviewed else Section.MINE


def in_line(items: QuerySet[Item], queue: Queue, person: User | None) -> QuerySet[Item]:
    """In the person's order: the queue's, with what they put off at the end, longest put off first."""
    skipped = Skip.objects.filter(item=OuterRef("pk"), reviewer=person).values("skipped_at")[:1]
    rows = items.annotate(put_off_at=Subquery(skipped))
    return rows.order_by(F("put_off_at").asc(nulls_first=True), *ORDERS[queue.order])


def after(items: QuerySet[Item], last: Item, person: User | None) -> QuerySet[Item]:
    """Those of `items`, from `in_line`, that come after `last` in the person's line, wherever that stands by now."""
    put_off_at, beyond = _put_off_at(last, person), _beside(last, is_after=True)
    if put_off_at is None:
        return items.filter(Q(put_off_at__isnull=False) | beyond)
    return items.filter(Q(put_off_at__gt=put_off_at) | Q(put_off_at=put_off_at) & beyond)


def before(items: QuerySet[Item], first: Item, person: User | None) -> QuerySet[Item]:
    """Those that come before `first`, the nearest to it first."""
    put_off_at, short_of = _put_off_at(first, person), _beside(first, is_after=False)
    is_not_put_off = Q(put_off_at__isnull=True)
    if put_off_at is None:
        return items.filter(is_not_put_off & short_of).reverse()
    is_sooner = is_not_put_off | Q(put_off_at__lt=put_off_at)
    return items.filter(is_sooner | Q(put_off_at=put_off_at) & short_of).reverse()


def _put_off_at(item: Item, person: User | None) -> datetime | None:
    return Skip.objects.filter(item=item, reviewer=person).values_list("skipped_at", flat=True).first()


def _beside(item: Item, *, is_after: bool) -> Q:
    """What comes after the item, or before it, in the queue's order."""
    found, same = Q(), Q()
    for column in ORDERS[item.queue.order]:
        name, falls = column.removeprefix("-"), column.startswith("-")
        found |= same & Q((f"{name}__{'gt' if falls != is_after else 'lt'}", getattr(item, name)))
        same &= Q((name, getattr(item, name)))
    return found


def _reviewed(person: User | None) -> Q:
    return Q(Exists(Review.objects.filter(item=OuterRef("pk"), reviewer=person)))
