"""When a queue will be through."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from annotation.domain.reviews.quality.forecast import Forecast, forecast

TODAY = date(2026, 3, 2)


def test_at_a_pace_of_ten_a_day_a_hundred_take_ten_days() -> None:
    found = forecast(left=100, daily=[10] * 14, today=TODAY)
    assert found == Forecast(date(2026, 3, 12), date(2026, 3, 11), date(2026, 3, 14), 10.0)


def test_idle_days_count_since_they_come_again() -> None:
    found = forecast(left=10, daily=[0, 0, 0, 0, 0, 14, 0], today=TODAY)
    assert found is not None
    assert (found.on, found.per_day) == (TODAY + timedelta(days=5), 2.0)


def test_of_a_queue_that_nobody_reviews_or_that_is_through_nothing_is_foretold() -> None:
    assert forecast(left=100, daily=[0] * 14, today=TODAY) is None
    assert forecast(left=0, daily=[10] * 14, today=TODAY) is None


def test_a_pace_of_one_or_two_reviews_may_never_end() -> None:
    found = forecast(left=100, daily=[0] * 13 + [2], today=TODAY)
    assert found is not None
    assert found.latest is None


@given(some.integers(1, 10**6), some.lists(some.integers(0, 10**4), min_size=1, max_size=14))
def test_the_day_lies_within_its_interval(left: int, daily: list[int]) -> None:
    found = forecast(left=left, daily=daily, today=TODAY)
    assert (found is None) == (sum(daily) == 0)
    if found:
        assert TODAY < found.earliest <= found.on
        assert found.latest is None or found.on <= found.latest
