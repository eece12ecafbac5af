"""The state of an item as a function of what happened to it, and how many seats it has left. Pure."""

from __future__ import annotations

from typing import Protocol


class ItemFacts(Protocol):
    """What an item knows of itself."""

    state: str
    review_count: int
    double_seats: int
    extra_seats: int
    is_disputed: bool


class QueueFacts(Protocol):
    """What its queue asks."""

    reviewers_per_item: int


OPEN, DISAGREEMENT, DONE, REMOVED = "open", "disagreement", "done", "removed"

FULL = (DISAGREEMENT, DONE)
"""The item has as many reviews as it needs."""

WAITING = (OPEN, DISAGREEMENT)
"""Somebody has still to say something."""


def item_state(*, is_removed: bool, review_count: int, seats: int, is_disputed: bool = False) -> str:
    """`removed` while taken out; `open` until there are as many reviews as `seats`; then `done`, or `disagreement` while the
    reviews differ and nobody has settled it.
    """
    if is_removed:
        return REMOVED
    if review_count < seats:
        return OPEN
    return DISAGREEMENT if is_disputed else DONE


def of(item: ItemFacts, queue: QueueFacts, *, is_removed: bool | None = None) -> str:
    """The state of an item by what it knows of itself; one that is removed stays so unless said otherwise."""
    return item_state(
        is_removed=item.state == REMOVED if is_removed is None else is_removed,
        review_count=item.review_count,
        seats=wanted(item, queue) + item.extra_seats,
        is_disputed=item.is_disputed,
    )


def wanted(item: ItemFacts, queue: QueueFacts) -> int:
    """How many reviews the queue asks of the item, whatever its reviews say."""
    return queue.reviewers_per_item + item.double_seats


def free_seats(*, review_count: int, held_by_others: int, seats: int) -> int:
    """How many more people may take the item; `held_by_others` are live reservations without a review yet."""
    return max(0, seats - review_count - held_by_others)
