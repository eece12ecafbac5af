"""Traces over time: nothing lost between the buckets, nothing drawn outside."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces.histogram import HEIGHT, MOST_BARS, WIDTH, histogram

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AT_NOON = int(NOON.timestamp())
moments = st.tuples(st.integers(AT_NOON - 10**8, AT_NOON + 10**8), st.booleans())


def test_buckets_are_widths_that_a_clock_knows() -> None:
    times = [AT_NOON + 15 * 60 * number for number in range(8)]
    made = histogram([*times, AT_NOON], times[3:4])
    assert made is not None
    assert made.per == "5 min"
    assert [(bar.count, bar.failed) for bar in made.bars if bar.count][:4] == [(2, 0), (1, 0), (1, 0), (1, 1)]
    assert made.bars[0].start == NOON
    assert (made.bars[0].height, made.bars[0].y) == (HEIGHT, 0)


def test_nothing_gives_nothing() -> None:
    assert histogram([], []) is None


@given(st.lists(moments, min_size=1, max_size=60))
def test_every_trace_is_in_one_bar_inside_the_box(given_moments: list[tuple[int, bool]]) -> None:
    failed = [time for time, has_failed in given_moments if has_failed]
    made = histogram([time for time, _ in given_moments], failed)
    assert made is not None
    assert sum(bar.count for bar in made.bars) == len(given_moments) == made.count
    assert sum(bar.failed for bar in made.bars) == len(failed) == made.failed
    assert len(made.bars) <= MOST_BARS
    assert all(0 <= bar.x <= WIDTH and bar.y >= 0 and bar.height <= HEIGHT for bar in made.bars)
