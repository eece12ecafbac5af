"""Every figure of the published tables that is one of ours."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from annotation.domain.agreement import Kappa, Scale, alpha, cohen, fleiss, krippendorff, raw
from tests.fixtures.payloads import SHARED

FOLDER = SHARED / "data" / "agreement"
Units = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Rest:
    """A figure of one category against all others."""

    figure: Callable[[Units], float | None]
    category: int

    def __call__(self, units: Units) -> float | None:
        return self.figure([{who: value == self.category for who, value in unit.items()} for unit in units])


_WANTED: dict[str, Callable[[Units], float | None]] = {
    "percent_agreement": raw,
    "observed_agreement": raw,
    "krippendorff_alpha_nominal": krippendorff,
    "krippendorff_alpha_ordinal": lambda units: krippendorff(units, Scale.ORDINAL),
    "krippendorff_alpha_interval": lambda units: krippendorff(units, Scale.INTERVAL),
    "krippendorff_alpha_ratio": lambda units: krippendorff(units, Scale.RATIO),
    "krippendorff_alpha_custom_distance": lambda units: krippendorff(units, measure=_dialogue_acts),
    "fleiss_kappa": fleiss,
    "cohen_kappa": lambda units: cohen(_pairs(units)).value,
    "cohen_kappa_ase": lambda units: cohen(_pairs(units)).error,
    "cohen_kappa_ci_low": lambda units: cohen(_pairs(units)).low,
    "cohen_kappa_ci_high": lambda units: cohen(_pairs(units)).high,
    "linear_weighted_kappa": lambda units: _weighted(units, 1).value,
    "linear_weighted_kappa_ase": lambda units: _weighted(units, 1).error,
    "linear_weighted_kappa_ci_low": lambda units: _weighted(units, 1).low,
    "linear_weighted_kappa_ci_high": lambda units: _weighted(units, 1).high,
    "cohen_kappa_unweighted_rater2_vs_rater3": lambda units: cohen(_pairs(units, 1)).value,
    "cohen_kappa_linear_rater2_vs_rater3": lambda units: _weighted(units, 1, 1).value,
    "cohen_kappa_quadratic_rater2_vs_rater3": lambda units: _weighted(units, 2, 1).value,
}
for _category in range(1, 6):
    _WANTED[f"krippendorff_alpha_nominal_category_{_category}_vs_rest"] = _Rest(krippendorff, _category)
    _WANTED[f"fleiss_kappa_category_{_category}_vs_rest"] = _Rest(fleiss, _category)


def _published() -> list[dict[str, Any]]:
    file = FOLDER / "expected.json"
    return json.loads(file.read_text()) if file.exists() else []


@cache
def _table(name: str) -> Units:
    """Units of a table: one row per item, or counts of a contingency table, or of values per item."""
    with (FOLDER / "tables" / name).open() as file:
        head, *rows = csv.reader(file)
    if head[0] != "item":
        return [
            {"a": row[0], "b": column}
            for row in rows
            for column, times in zip(head[1:], row[1:], strict=True)
            for _ in range(int(times))
        ]
    if "distrib" in name:
        return [_spread(head[1:], row[1:]) for row in rows]
    return [{who: _read(value) for who, value in zip(head[1:], row[1:], strict=True) if value} for row in rows]


def _spread(values: Sequence[str], counts: Sequence[str]) -> dict[str, Any]:
    given = [value for value, times in zip(values, counts, strict=True) for _ in range(int(times))]
    return {str(place): value for place, value in enumerate(given)}


def _read(value: str) -> Any:
    try:
        return float(value)
    except ValueError:
        return value


def _pairs(units: Units, first: int = 0) -> list[tuple[Any, Any]]:
    raters = list(dict.fromkeys(rater for unit in units for rater in unit))[first : first + 2]
    return [(unit[raters[0]], unit[raters[1]]) for unit in units if set(raters) <= unit.keys()]


def _order(pairs: list[tuple[Any, Any]]) -> list[Any]:
    return sorted({value for pair in pairs for value in pair})


def _weighted(units: Units, power: int, first: int = 0) -> Kappa:
    pairs = _pairs(units, first)
    return cohen(pairs, places={value: place for place, value in enumerate(_order(pairs))}, power=power)


def _dialogue_acts(values: Sequence[Any], _counts: Sequence[float]) -> Callable[[int, int], float]:
    """Artstein and Poesio's distances: what differs from a check is half as far from it as from anything else."""
    return lambda one, other: 0.5 if "CHCK" in (values[one].upper(), values[other].upper()) else 1.0


_NOT_PUBLISHED = {"krippendorff_alpha_nominal_category_5_vs_rest"}
_CASES = [case for case in _published() if case["statistic"] in _WANTED]


@pytest.mark.skipif(not FOLDER.exists(), reason="the published tables are not beside this repository (../shared/data)")
def test_the_tables_hold_what_is_held_against_them() -> None:
    assert {case["statistic"] for case in _CASES} == set(_WANTED) - _NOT_PUBLISHED


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
def test_a_published_figure_comes_out(case: dict[str, Any]) -> None:
    found = _WANTED[case["statistic"]](_table(case["file"]))
    assert found == (pytest.approx(case["expected"], abs=case["tolerance"]) if case["tolerance"] else None)


@pytest.mark.skipif(not FOLDER.exists(), reason="the published tables are not beside this repository (../shared/data)")
def test_the_interval_of_alpha_is_as_wide_as_its_published_standard_error() -> None:
    """Gwet's standard error of this table is 0.059, an interval of 0.68 to 0.91."""
    found = alpha(_table("gwet_abstractors_contingency.csv"))
    assert [found.low, found.high] == pytest.approx([0.68, 0.91], abs=0.02)
    assert found.units == 100
