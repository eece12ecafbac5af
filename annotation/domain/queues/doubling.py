"""Which items of a queue get one more review than the others: a share of them, chosen by a hash.

The choice is that of `domain.sampling`, of queue and item instead of rule and trace: the same on every machine and for ever,
blind to what the item says, and a higher share keeps every item of a lower one. It is kept on the item.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When
from django.db.models.lookups import LessThan

from annotation.domain import sampling
from annotation.domain.traces.matching.chance import SampleNumber
from annotation.models import Item, Queue


def seats(queue: Queue, item: UUID) -> int:
    """How many reviews the item gets beside those of all others: 1 or 0."""
    return int(sampling.is_sampled(queue.uuid, item, rate=_rate(queue)))


def redraw(queue: Queue) -> None:
    """Choose anew among the open items, after the share was changed.

    What is done or waits for a word keeps what it had: nobody asked to open it again.
    """
    is_drawn = LessThan(SampleNumber(queue.uuid), sampling.threshold(_rate(queue)))
    drawn = Case(When(is_drawn, then=Value(1)), default=Value(0), output_field=IntegerField())
    open_items = Item.objects.filter(queue=queue, state=Item.State.OPEN)
    open_items.alias(drawn=drawn).exclude(double_seats=drawn).update(double_seats=drawn)


def _rate(queue: Queue) -> Decimal:
    return Decimal(queue.double_percent) / 100
