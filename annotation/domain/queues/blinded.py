"""What somebody who has still to judge an item may know of how it stands: nothing that the queue hides shows through."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from annotation.domain.queues import blindness, reasons
from annotation.domain.queues.reasons import Reason
from annotation.models import Item, Queue, User


@dataclass(frozen=True, slots=True)
class Known:
    """Of an item's standing; None where telling it would tell what others said.

    A rule that looks at feedback chooses by it, so its name, its findings and its chance are hidden with the feedback. Seats
    beside the queue's are called because reviews differ.
    """

    reason: Reason
    probability: Decimal | None
    uncertainty: float | None
    review_count: int | None
    extra_seats: int | None
    flag_reason: str


def known(item: Item, queue: Queue, person: User | None) -> Known:
    """What the person is told before they judge; a flag of their own with its words."""
    policy = blindness.read(queue.blindness)
    is_own_flag = person is not None and item.flagged_by_id == person.pk
    return Known(
        reason=reasons.read(item.reason).without(policy.unseen, rules=bool(policy.hidden_sources)),
        probability=None if policy.hidden_sources else item.probability,
        uncertainty=None if policy.judges else item.uncertainty,
        review_count=None if policy.peers else item.review_count,
        extra_seats=None if policy.peers else item.extra_seats,
        flag_reason=item.flag_reason if is_own_flag or not policy.peers else "",
    )
