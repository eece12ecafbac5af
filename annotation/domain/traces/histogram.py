"""How many traces there were over time, and how many of them failed: buckets and bars; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

#: Widths that a clock knows, in seconds, with their names.
WIDTHS = (
    (1, "second"), (5, "5 s"), (15, "15 s"), (60, "minute"), (300, "5 min"), (900, "15 min"), (1_800, "30 min"),
    (3_600, "hour"), (10_800, "3 h"), (21_600, "6 h"), (43_200, "12 h"), (86_400, "day"), (604_800, "week"),
    (2_592_000, "30 days"), (31_536_000, "365 days"),
)  # fmt: skip
MOST_BARS = 96
WIDTH, HEIGHT = 1364.0, 48.0
GAP = 0.22
SMALLEST = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bucket as drawn in a box of WIDTH by HEIGHT; `y` and the heights count from the top."""

    start: datetime
    count: int
    failed: int
    x: float
    y: float
    height: float
    failed_y: float
    failed_height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars from the earliest trace to the latest; `per` names a bucket's width; `is_latest`: there may be earlier ones."""

    bars: tuple[Bar, ...]
    per: str
    bar_width: float
    count: int
    failed: int
    is_latest: bool = False


def histogram(times: Sequence[int], failed: Sequence[int]) -> Histogram | None:
    """The bars of some traces by when they began, in seconds since 1970 and any order; None without any.

    `failed` are the times of those that failed, which `times` has too.
    """
    if not times:
        return None
    seconds, per = _width(max(times) - min(times))
    begin, end = min(times) // seconds, max(times) // seconds
    counts = Counter(time // seconds for time in times)
    failures = Counter(time // seconds for time in failed)
    step = WIDTH / max(end - begin + 1, 24)
    highest = max(counts.values())
    bars = tuple(
        _bar(
            datetime.fromtimestamp(bucket * seconds, UTC),
            counts[bucket],
            failures[bucket],
            (bucket - begin) * step,
            highest,
        )
        for bucket in range(begin, end + 1)
    )
    return Histogram(bars, per, step * (1 - GAP), len(times), len(failed))


def _width(seconds: int) -> tuple[int, str]:
    return next(((width, name) for width, name in WIDTHS if seconds / width < MOST_BARS - 1), WIDTHS[-1])


def _bar(start: datetime, count: int, failed: int, x: float, highest: int) -> Bar:
    height, failed_height = _height(count, highest), _height(failed, highest)
    return Bar(
        start,
        count,
        failed,
        round(x, 2),
        round(HEIGHT - height, 2),
        round(height, 2),
        round(HEIGHT - failed_height, 2),
        round(failed_height, 2),
    )


def _height(count: int, highest: int) -> float:
    """Never invisible: one failure among thousands is worth a pixel."""
    return max(count / highest * HEIGHT, SMALLEST) if count else 0.0
