"""How many traces there were over time, and how many of them failed: buckets and bars; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
class Moment:
    """A trace, as far as the histogram counts it."""

    started_at: datetime
    has_failed: bool


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
    """Bars from the earliest trace to the latest; `per` names a bucket's width."""

    bars: tuple[Bar, ...]
    per: str
    bar_width: float
    count: int
    failed: int


def histogram(moments: Sequence[Moment]) -> Histogram | None:
    """The bars of some traces in any order; None without any."""
    if not moments:
        return None
    times = [moment.started_at for moment in moments]
    first, last = min(times), max(times)
    seconds, per = _width((last - first).total_seconds())
    begin = int(first.timestamp()) // seconds
    counts = [[0, 0] for _ in range(int(last.timestamp()) // seconds - begin + 1)]
    for moment in moments:
        bucket = counts[int(moment.started_at.timestamp()) // seconds - begin]
        bucket[0] += 1
        bucket[1] += moment.has_failed
    step = WIDTH / max(len(counts), 24)
    highest = max(count for count, _ in counts)
    start = datetime.fromtimestamp(begin * seconds, UTC)
    bars = tuple(
        _bar(start + timedelta(seconds=index * seconds), count, failed, index * step, highest)
        for index, (count, failed) in enumerate(counts)
    )
    return Histogram(bars, per, step * (1 - GAP), len(moments), sum(failed for _, failed in counts))


def _width(seconds: float) -> tuple[int, str]:
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
