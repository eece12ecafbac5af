"""Traces over time: nothing lost between the buckets, nothing drawn outside."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from annotation.domain.traces.histogram import HEIGHT, MOST_BARS, WIDTH, Moment, histogram

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
moments = st.builds(
    Moment, st.integers(-(10**8), 10**8).map(lambda seconds: NOON + timedelta(seconds=seconds)), st.booleans()
)


def test_buckets_are_widths_that_a_clock_knows() -> None:
    times = [Moment(NOON + timedelta(minutes=15 * number), number == 3) for number in range(8)]
    made = histogram([*times, Moment(NOON, has_failed=False)])
    assert made is not None
    assert made.per == "5 min"
    assert [(bar.count, bar.failed) for bar in made.bars if bar.count][:4] == [(2, 0), (1, 0), (1, 0), (1, 1)]
    assert made.bars[0].start == NOON
    assert (made.bars[0].height, made.bars[0].y) == (HEIGHT, 0)


def test_nothing_gives_nothing() -> None:
    assert histogram([]) is None


@given(st.lists(moments, min_size=1, max_size=60))
def test_every_trace_is_in_one_bar_inside_the_box(given_moments: list[Moment]) -> None:
    made = histogram(given_moments)
    assert made is not None
    assert sum(bar.count for bar in made.bars) == len(given_moments) == made.count
    assert sum(bar.failed for bar in made.bars) == sum(moment.has_failed for moment in given_moments)
    assert len(made.bars) <= MOST_BARS
    assert all(0 <= bar.x <= WIDTH and bar.y >= 0 and bar.height <= HEIGHT for bar in made.bars)
