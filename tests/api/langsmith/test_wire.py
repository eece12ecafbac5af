"""Values as they travel."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.api.langsmith import wire
from annotation.api.langsmith.errors import Invalid


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**9), max_value=10**9))
def test_a_decimal_comes_back_exactly(value: Decimal) -> None:
    text = wire.decimal(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert text == "0" or not ("." in text and text.endswith(("0", ".")))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 -- bounds
def test_a_time_keeps_its_microseconds(value: datetime) -> None:
    said = json.loads(wire.dumped({"at": value}))["at"]
    assert wire.parsed_time(said, "at") == value
    assert len(said) == 32


def test_a_time_without_zone_is_utc_and_any_zone_is_understood() -> None:
    at = datetime(2026, 3, 2, 9, 30, 0, 7, tzinfo=UTC)
    assert wire.parsed_time("2026-03-02T09:30:00.000007", "at") == at
    assert wire.parsed_time("2026-03-02T09:30:00.000007Z", "at") == at
    assert wire.time(at.astimezone(timezone(timedelta(hours=2)))) == "2026-03-02T09:30:00.000007+00:00"


@pytest.mark.parametrize("value", ["yesterday", "", None, "2026-13-01"])
def test_what_is_no_time_is_refused_by_name(value: object) -> None:
    with pytest.raises(Invalid, match="start_time has to be a time"):
        wire.parsed_time(value, "start_time")


@pytest.mark.parametrize(
    ("text", "meaning"), [("True", True), ("true", True), ("1", True), ("False", False), ("0", False)]
)
def test_truth_as_clients_write_it(text: str, meaning: object) -> None:
    assert wire.parsed_bool(text, "is_root") is meaning
