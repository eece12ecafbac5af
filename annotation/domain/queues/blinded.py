"""What somebody who has still to judge an item may know of how it stands: nothing that the queue hides shows through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from annotation.domain.queues import blindness, probes, reasons, state
from annotation.domain.queues.reasons import Reason
from annotation.models import Item, Queue, User


@dataclass(frozen=True, slots=True)
class Known:
    """Of an item's standing; None where telling it would tell what others said.

    A rule that looks at feedback chooses by it, so its name, its findings and its chance are hidden with the feedback. One that
    looks at models says by its name and its filter which answered; where it points, it does not. Seats beside the queue's are
    called because reviews differ. `tells_flag`: whether it may be said who flagged the item, and why.
    """

    reason: Reason
    probability: Decimal | None
    uncertainty: float | None
    review_count: int | None
    extra_seats: int | None
    flag_reason: str
    is_own_flag: bool
    tells_flag: bool


def as_open(items: Collection[Item], person: User) -> set[int]:
    """Those of these items that the person is to judge anew (gold, re-tests) stand as one that nobody has judged.

    Changed in memory only; a statement, where their queue mixes such in. Which they are, by their inside ids.
    """
    if not any(probes.are_mixed_in(item.queue) for item in items):
        return set()
    anew = probes.open_among(items, person)
    for item in items:
        if item.pk in anew:
            item.state, item.review_count, item.adjudicated_at, item.adjudicated_by = state.OPEN, 0, None, None
    return anew


def known(item: Item, queue: Queue, person: User | None) -> Known:
    """What the person is told before they judge; a flag of their own with its words."""
    policy = blindness.read(queue.blindness)
    hides_reviews = policy.peers or probes.are_mixed_in(queue)  # some have theirs already
    is_own_flag = person is not None and item.flagged_by_id == person.pk
    tells_flag = is_own_flag or not policy.peers
    return Known(
        reason=reasons.read(item.reason).without(policy.unseen, rules=bool(policy.hidden_sources), model=policy.model),
        probability=None if policy.hidden_sources else item.probability,
        uncertainty=None if policy.judges else item.uncertainty,
        review_count=None if hides_reviews else item.review_count,
        extra_seats=None if hides_reviews else item.extra_seats,
        flag_reason=item.flag_reason if tells_flag else "",
        is_own_flag=is_own_flag,
        tells_flag=tells_flag,
    )
