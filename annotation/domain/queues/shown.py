"""Which items of a queue a list shows: by their state, or by where they stand for one person; and who stands beside whom there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.domain.queues import probes, seats, sections
from annotation.models import Assignment, Item, Probe, Review, Skip, User

ORDER = ("-id",)
"""Of every such list, the newest first."""


class Shown(StrEnum):
    """The choices, as addresses and programs name them."""

    ALL = "all"
    OPEN = "open"
    DISAGREEMENT = "disagreement"
    ADJUDICATED = "adjudicated"
    DONE = "done"
    FLAGGED = "flagged"
    REMOVED = "removed"
    MINE = "needs_my_review"
    OTHERS = "needs_others_review"
    SKIPPED = "skipped_by_me"
    ASSIGNED = "assigned_to_me"
    OWN_FLAGS = "flagged_by_me"


PERSONAL = (Shown.MINE, Shown.OTHERS, Shown.SKIPPED, Shown.ASSIGNED, Shown.OWN_FLAGS)
"""Those that are another list for everybody."""


def shown(items: QuerySet[Item], which: Shown, person: User | None, *, is_blind: bool = False) -> QuerySet[Item]:
    """The items of a list, in no order yet; removed ones are in theirs alone.

    For who `is_blind` what they are to judge anew (gold, re-tests) is as open as any other.
    """
    if is_blind and which not in PERSONAL and (anew := probes.open_for(person)):
        others = shown(items.exclude(pk__in=anew), which, person)
        as_open = Q(pk__in=others.values("pk")) | Q(pk__in=anew)
        return items.filter(as_open) if which in {Shown.ALL, Shown.OPEN} else others
    if which is Shown.REMOVED:
        return items.filter(state=Item.State.REMOVED)
    return _LISTS[which](items.exclude(state=Item.State.REMOVED), person)


def marks(items: Collection[Item], person: User) -> dict[int, tuple[Shown, ...]]:
    """Which of these items (by inside id) the person has put off, and which are assigned to them. Two statements."""
    found: dict[int, tuple[Shown, ...]] = {}
    for which, model in ((Shown.SKIPPED, Skip), (Shown.ASSIGNED, Assignment)):
        rows: QuerySet[Skip] | QuerySet[Assignment] = model.objects.filter(item__in=items, reviewer=person)
        for item in rows.values_list("item_id", flat=True):
            found[item] = (*found.get(item, ()), which)
    return found


def neighbours(items: QuerySet[Item], item: Item) -> tuple[int | None, int | None]:
    """The numbers of the items before and after this one in a list of one queue, whether or not it still stands there."""
    newer = items.filter(pk__gt=item.pk).order_by("pk").values_list("number", flat=True).first()
    older = items.filter(pk__lt=item.pk).order_by("-pk").values_list("number", flat=True).first()
    return newer, older


def _to_be_reviewed(items: QuerySet[Item], person: User | None) -> QuerySet[Item]:
    """What their line would give them: open, not flagged, not theirs yet, with a seat; and what they are asked again."""
    anew = probes.open_for(person)
    first = seats.free(sections.fresh(items, person), person)
    again = Review.objects.filter(reviewer=person, is_asked_again=True).values_list("item_id", flat=True)
    if person is None or not (
        asked := [*again, *anew]
    ):  # few, and known apart: an OR would keep the list from its index
        return first
    return items.filter(Q(pk__in=first.values("pk")) | Q(pk__in=asked, flagged_at=None))


def _is_open_for(person: User | None) -> Q:
    """Open; or a gold item or re-test that the person has not answered, whatever others said of it."""
    return Q(state=Item.State.OPEN) | Q(
        Exists(Probe.objects.filter(item=OuterRef("pk"), reviewer=person, submitted_at=None))
    )


def _reviewed_by(items: QuerySet[Item], person: User | None) -> QuerySet[Item]:
    """Open ones that the person has reviewed and is not to judge anew."""
    return items.filter(_has(Review, person), state=Item.State.OPEN).exclude(pk__in=probes.open_for(person))


def _has(model: type[Skip | Assignment | Review], person: User | None) -> Exists:
    return Exists(model.objects.filter(item=OuterRef("pk"), reviewer=person))


_LISTS: dict[Shown, Callable[[QuerySet[Item], User | None], QuerySet[Item]]] = {
    Shown.ALL: lambda items, _person: items,
    Shown.OPEN: lambda items, _person: items.filter(state=Item.State.OPEN),
    Shown.DISAGREEMENT: lambda items, _person: items.filter(state=Item.State.DISAGREEMENT),
    Shown.ADJUDICATED: lambda items, _person: items.filter(adjudicated_at__isnull=False),
    Shown.DONE: lambda items, _person: items.filter(state=Item.State.DONE),
    Shown.FLAGGED: lambda items, _person: items.filter(flagged_at__isnull=False),
    Shown.MINE: _to_be_reviewed,
    Shown.OTHERS: _reviewed_by,
    Shown.SKIPPED: lambda items, person: items.filter(_has(Skip, person), _is_open_for(person)),
    Shown.ASSIGNED: lambda items, person: items.filter(_has(Assignment, person)),
    Shown.OWN_FLAGS: lambda items, person: items.filter(flagged_at__isnull=False, flagged_by=person),
}
