"""When a queue will be through, from how many reviews a day it got lately. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt

LATELY = 14
"""Days of which the pace is taken, weekends and idle days included, since they come again."""

_Z = 1.959963984540054
_FARTHEST = 3650


@dataclass(frozen=True, slots=True)
class Forecast:
    """The day on which nothing is left at the present pace, and the days between which it lies with 95 %.

    `latest` is None where the pace is so uncertain that it may never end. `per_day` is the pace.
    """

    on: date
    earliest: date
    latest: date | None
    per_day: float

    @property
    def is_certain(self) -> bool:
        """Whether it is one day and no other."""
        return self.earliest == self.latest


def forecast(*, left: int, daily: Sequence[int], today: date) -> Forecast | None:
    """`left` reviews that are still to be given; `daily` the numbers given on each of the last days, today's last.

    None where nothing was reviewed lately or nothing is left. The interval treats each review as an event of its own
    (Poisson), so it is as wide as a pace of so few reviews deserves.
    """
    given = sum(daily)
    if not given or not left:
        return None
    spread = _Z * sqrt(given)
    ends = [_day(left, total / len(daily), today) for total in (given, given + spread, given - spread)]
    on, earliest, latest = ends
    farthest = today + timedelta(days=_FARTHEST)
    return Forecast(on or farthest, earliest or farthest, latest, given / len(daily))


def _day(left: int, per_day: float, today: date) -> date | None:
    days = ceil(left / per_day) if per_day > 0 else _FARTHEST + 1
    return today + timedelta(days) if days <= _FARTHEST else None
