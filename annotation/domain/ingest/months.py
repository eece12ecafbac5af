"""Months of arrival, told from the primary key of a trace.

Where runs are partitioned (`domain.retention.partitions`), the traces that arrive from the turn of a month on get their
keys from that month's own range, ten billion wide: those of January 2027 begin at 2027010000000000. A run belongs where its
trace belongs, so whatever comes for a trace later, and whatever its clock says, finds the same partition. Everywhere else
keys are small, and all in one range. Keys stay below 2^53 until the year 9007.
"""

from collections.abc import Collection
from datetime import UTC, datetime

WIDTH = 10**10


def number(moment: datetime) -> int:
    """A month as a number: 202701."""
    there = moment.astimezone(UTC)
    return there.year * 100 + there.month


def following(month: int) -> int:
    """The month after: 202612 → 202701."""
    return month + 1 if month % 100 < 12 else month + 89


def first_key(month: int) -> int:
    """The lowest key of a trace that arrives in the month."""
    return month * WIDTH


def around(keys: Collection[int]) -> tuple[int, int]:
    """The range of whole months, its end excluded, that holds the keys (one at least): what a query is narrowed by."""
    return min(keys) // WIDTH * WIDTH, (max(keys) // WIDTH + 1) * WIDTH
