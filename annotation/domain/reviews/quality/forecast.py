"""When a queue will be through, from how many reviews a day it got since it began, or lately. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, sqrt

LATELY = 14
"""Days of which the pace is taken at most, weekends and idle days included, since they come again."""

FEWEST = 5
"""Reviews of which a pace is taken: fewer say nothing of when there will be an end."""

_Z = 1.959963984540054
_FARTHEST = 3650
_DAY = timedelta(days=1)


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


def span(begun: datetime, now: datetime) -> float:
    """Days of which the pace is taken: since the first review, from 1 to LATELY."""
    return min(LATELY, max(1.0, (now - begun) / _DAY))


def forecast(*, left: int, given: int, begun: datetime | None, now: datetime) -> Forecast | None:
    """`left` reviews that are still to be given; `given` those of the last LATELY days; `begun` when the first one was.

    None where nothing is left, and where it is too early to say: of fewer reviews than FEWEST, or before a day is over.
    The interval treats each review as an event of its own (Poisson), so it is as wide as a pace of so few reviews deserves.
    """
    if not left or begun is None or given < FEWEST or now - begun < _DAY:
        return None
    today, days, spread = now.date(), span(begun, now), _Z * sqrt(given)
    ends = [_day(left, total / days, today) for total in (given, given + spread, given - spread)]
    on, earliest, latest = ends
    farthest = today + timedelta(days=_FARTHEST)
    return Forecast(on or farthest, earliest or farthest, latest, given / days)


def _day(left: int, per_day: float, today: date) -> date | None:
    days = ceil(left / per_day) if per_day > 0 else _FARTHEST + 1
    return today + timedelta(days) if days <= _FARTHEST else None
