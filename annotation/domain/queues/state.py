"""The state of an item as a function of what happened to it, and how many seats it has left. Pure."""

from __future__ import annotations

OPEN, DONE, REMOVED = "open", "done", "removed"


def item_state(*, is_removed: bool, review_count: int, reviewers_per_item: int) -> str:
    """`removed` while taken out, `done` with as many reviews as the queue asks for, else `open`."""
    if is_removed:
        return REMOVED
    return DONE if review_count >= reviewers_per_item else OPEN


def free_seats(*, review_count: int, held_by_others: int, reviewers_per_item: int) -> int:
    """How many more people may take the item; `held_by_others` are live reservations without a review yet."""
    return max(0, reviewers_per_item - review_count - held_by_others)
