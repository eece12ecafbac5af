"""When a queue will be through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotation.domain.reviews.quality.forecast import FEWEST, Forecast, forecast, span

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = NOW.date()


def told(*, left: int = 100, given: int, days: float) -> Forecast | None:
    """The forecast of a queue that began so many days ago."""
    return forecast(left=left, given=given, begun=NOW - timedelta(days=days), now=NOW)


def test_at_a_pace_of_ten_a_day_a_hundred_take_ten_days() -> None:
    assert told(given=140, days=99) == Forecast(date(2026, 3, 12), date(2026, 3, 11), date(2026, 3, 14), 10.0)


def test_a_young_queue_is_not_measured_by_days_before_it_began() -> None:
    assert told(given=20, days=2) == Forecast(date(2026, 3, 12), date(2026, 3, 9), date(2026, 3, 20), 10.0)


def test_of_a_queue_that_nobody_reviews_or_that_is_through_nothing_is_foretold() -> None:
    assert forecast(left=100, given=0, begun=None, now=NOW) is None
    assert told(given=0, days=99) is None
    assert told(left=0, given=140, days=99) is None


@pytest.mark.parametrize(("given_count", "days"), [(500, 0.99), (FEWEST - 1, 1), (FEWEST - 1, 14)])
def test_before_a_day_is_over_and_of_a_few_reviews_it_is_too_early_to_say(given_count: int, days: float) -> None:
    assert told(given=given_count, days=days) is None
    assert told(given=max(given_count, FEWEST), days=max(days, 1)) is not None


def test_a_pace_is_of_a_day_at_least_and_of_fourteen_at_most() -> None:
    assert [span(NOW - timedelta(days=days), NOW) for days in (0, 0.5, 3.5, 14, 15)] == [1, 1, 3.5, 14, 14]


def test_a_pace_of_few_reviews_may_never_end() -> None:
    found = forecast(left=10**5, given=FEWEST, begun=NOW - timedelta(days=14), now=NOW)
    assert found is not None
    assert found.latest is None


@given(some.integers(1, 10**6), some.integers(FEWEST, 10**5), some.floats(1, 20))
def test_the_day_lies_within_its_interval(left: int, count: int, days: float) -> None:
    found = told(left=left, given=count, days=days)
    assert found is not None
    assert TODAY < found.earliest <= found.on
    assert found.latest is None or found.on <= found.latest
