"""Strengths from comparisons."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from annotation.domain.agreement import strengths
from annotation.domain.agreement.strengths import Comparison

comparisons = some.lists(
    some.builds(Comparison, some.sampled_from("ab"), some.sampled_from("cde"), some.sampled_from([0.0, 0.5, 1.0])),
    min_size=1,
    max_size=15,
)


def test_nothing_compared_is_nothing_found() -> None:
    assert strengths([]) == []


def test_seven_of_ten_won_is_a_rate_and_a_strength_pulled_a_little_to_the_middle() -> None:
    better, worse = strengths([Comparison("new", "old", 1)] * 7 + [Comparison("old", "new", 1)] * 3)
    assert (better.name, better.comparisons, better.win_rate, round(worse.win_rate, 9)) == ("new", 10, 0.7, 0.3)
    assert better.chance + worse.chance == pytest.approx(1)
    odds = (
        better.chance * (1 - worse.chance) / (better.chance * (1 - worse.chance) + worse.chance * (1 - better.chance))
    )
    assert 0.6 < odds < 0.7
    assert better.low < better.chance < better.high


def test_who_only_wins_is_strong_but_not_for_ever() -> None:
    winner, loser = strengths([Comparison("new", "old", 1)] * 4)
    assert (winner.win_rate, loser.win_rate) == (1, 0)
    assert 0.5 < winner.chance < 0.95


def test_ties_are_halves() -> None:
    one, other = strengths([Comparison("a", "b", 0.5)] * 6)
    assert (one.win_rate, other.win_rate) == (0.5, 0.5)
    assert one.chance == other.chance == pytest.approx(0.5)


def test_strengths_come_out_as_they_were_put_in() -> None:
    true = {"weak": 0.5, "middle": 1.0, "strong": 2.0}
    drawn = Random(4)
    made = []
    for _ in range(3000):
        one, other = drawn.sample(sorted(true), 2)
        made.append(Comparison(one, other, float(drawn.random() < true[one] / (true[one] + true[other]))))
    found = strengths(made)
    assert [one.name for one in found] == ["strong", "middle", "weak"]
    for each in found:
        assert each.chance == pytest.approx(true[each.name] / (true[each.name] + 1), abs=0.03)
        assert each.low <= each.chance <= each.high
        assert each.high - each.low < 0.08


@settings(max_examples=20)
@given(comparisons)
def test_which_side_stood_first_does_not_matter(made: list[Comparison]) -> None:
    turned = [Comparison(one.second, one.first, 1 - one.score) for one in made]
    chances = {one.name: one.chance for one in strengths(made)}
    assert {one.name: one.chance for one in strengths(turned)} == pytest.approx(chances, abs=1e-6)
