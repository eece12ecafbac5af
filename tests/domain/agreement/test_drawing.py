"""Drawing patterns anew."""

from __future__ import annotations

from random import Random
from statistics import mean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotation.domain.agreement.drawing import multinomial


@given(some.lists(some.integers(0, 500), max_size=8).filter(sum), some.integers(0, 1000))
def test_as_many_are_drawn_as_there_are_and_none_of_what_is_not(weights: list[int], seed: int) -> None:
    drawn = multinomial(Random(seed), weights)
    assert sum(drawn) == sum(weights)
    assert all(count >= 0 and (count == 0 or weight > 0) for count, weight in zip(drawn, weights, strict=True))


@pytest.mark.parametrize("weights", [[3, 5, 2], [1, 999], [400, 350, 250]])
def test_counts_spread_as_those_of_throws_do(weights: list[int]) -> None:
    random, size = Random(7), sum(weights)
    drawn = [multinomial(random, weights) for _ in range(4000)]
    for place, weight in enumerate(weights):
        counts = [counts[place] for counts in drawn]
        spread = weight * (1 - weight / size)
        assert mean(counts) == pytest.approx(weight, abs=0.1 * spread**0.5 + 0.02)
        assert pvariance(counts) == pytest.approx(spread, rel=0.12)
