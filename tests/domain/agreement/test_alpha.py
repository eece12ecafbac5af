"""Alpha: what holds whatever the ratings, what is not defined, and how wide its interval is."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotation.domain.agreement import Alpha, Scale, alpha, cohen, fleiss, krippendorff, raw

units = some.lists(some.dictionaries(some.sampled_from("abcd"), some.integers(0, 4)), max_size=12)
numeric = some.sampled_from([Scale.NOMINAL, Scale.ORDINAL, Scale.INTERVAL])

OBSERVED = "11·1 2232 3333 3333 2222 1234 4444 1121 2222 ·555 ··11 ··3·"
"""Twelve units by four observers, · where one gave nothing: the example with missing data of Krippendorff, Content Analysis, 2nd
ed. (2004), p. 230, and of his Computing Krippendorff's Alpha-Reliability (2011)."""


@pytest.mark.parametrize(
    ("scale", "published"), [(Scale.NOMINAL, 0.743), (Scale.ORDINAL, 0.815), (Scale.INTERVAL, 0.849)]
)
def test_the_figures_of_krippendorffs_own_example_come_out(scale: Scale, published: float) -> None:
    rated = [
        {who: int(value) for who, value in zip("abcd", unit, strict=True) if value != "·"} for unit in OBSERVED.split()
    ]
    assert krippendorff(rated, scale) == pytest.approx(published, abs=0.0005)


@given(units, numeric)
def test_neither_the_order_of_units_nor_the_names_of_raters_matter(rated: list[dict[str, Any]], scale: Scale) -> None:
    turned = [{who.upper(): value for who, value in reversed(unit.items())} for unit in reversed(rated)]
    assert krippendorff(turned, scale) == pytest.approx(krippendorff(rated, scale))


@given(units, numeric)
def test_alpha_is_at_most_one_and_one_only_where_all_agree(rated: list[dict[str, Any]], scale: Scale) -> None:
    found = krippendorff(rated, scale)
    if found is not None:
        assert found < 1 + 1e-12
        assert (found == pytest.approx(1)) == all(len(set(unit.values())) <= 1 for unit in rated)


@given(units)
def test_units_with_one_value_change_nothing(rated: list[dict[str, Any]]) -> None:
    more = [*rated, {"a": 1}, {"b": 4}, {}]
    assert (krippendorff(more), raw(more)) == (krippendorff(rated), raw(rated))


@given(units, some.integers(1, 50), some.integers(-50, 50))
def test_an_interval_has_no_zero_and_no_unit(rated: list[dict[str, Any]], times: int, more: int) -> None:
    stretched = [{who: value * times + more for who, value in unit.items()} for unit in rated]
    found = krippendorff(stretched, Scale.INTERVAL)
    assert found == pytest.approx(krippendorff(rated, Scale.INTERVAL))


@pytest.mark.parametrize(
    ("rated", "agreeing"),
    [([], None), ([{"a": 1}, {"b": 2}], None), ([{"a": 1, "b": 1}] * 5, 1.0)],
    ids=["nothing", "one value each", "no variation"],
)
def test_what_is_not_defined_is_none_and_no_perfect_score(rated: list[dict[str, Any]], agreeing: float | None) -> None:
    assert raw(rated) == agreeing
    assert (fleiss(rated), cohen([tuple(unit.values()) for unit in rated if len(unit) == 2]).value) == (None, None)
    assert alpha(rated) == Alpha(None, None, None, 5 if agreeing else 0)


def test_sets_that_overlap_agree_in_part() -> None:
    both, one, other = frozenset("xy"), frozenset("x"), frozenset("z")
    near = [{"a": both, "b": one}, {"a": other, "b": other}, {"a": one, "b": one}]
    found, strict = krippendorff(near, Scale.SETS), krippendorff(near)
    assert found is not None
    assert strict is not None
    assert 0 < strict < found < 1
    assert krippendorff([{"a": frozenset(), "b": frozenset()}, {"a": one, "b": one}], Scale.SETS) == 1


def test_values_of_several_kinds_have_an_order_that_does_not_fall_over() -> None:
    assert krippendorff([{"a": 1, "b": "x"}, {"a": None, "b": None}]) == pytest.approx(0.4)


def _rated(count: int, right: float, seed: int) -> list[dict[str, str]]:
    """Two raters who see a coin's side with the chance `right`, else guess."""
    drawn = Random(seed)
    truths = [drawn.choice(["good", "bad"]) for _ in range(count)]
    return [
        {who: truth if drawn.random() < right else drawn.choice(["good", "bad"]) for who in "ab"} for truth in truths
    ]


def test_an_interval_holds_the_true_agreement_about_as_often_as_it_says() -> None:
    """Both see the truth with 0.8, so alpha of all that might be judged is 0.64."""
    found = [alpha(_rated(60, 0.8, seed)) for seed in range(30)]
    holding = [one for one in found if one.low is not None and one.high is not None and one.low <= 0.64 <= one.high]
    assert 26 <= len(holding) <= 30


def test_more_units_make_it_narrower_and_the_same_units_the_same() -> None:
    few, many = alpha(_rated(50, 0.8, 1)), alpha(_rated(800, 0.8, 1))
    widths = [one.high - one.low for one in (few, many) if one.high is not None and one.low is not None]
    assert widths[0] / widths[1] == pytest.approx(4, abs=1.5)
    assert alpha(_rated(50, 0.8, 1)) == few
