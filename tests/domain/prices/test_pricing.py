"""Which price holds, and what a call costs by it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotation.domain.prices.pricing import Price, PriceList, canonical_provider, cost

DAY = date(2026, 3, 2)


def price(model: str, number: int = 1, **fields: Any) -> Price:
    given: dict[str, Any] = {"provider": "", "input": Decimal(2), "output": Decimal(8), "valid_from": date(2026, 1, 1)}
    return Price(UUID(int=number), model=model, **given | fields)


def chosen(prices: list[Price], *models: str | None, provider: str | None = None, day: date = DAY) -> int | None:
    found = PriceList(prices).price_for(provider=provider, models=models, day=day)
    return found.id.int if found else None


def test_cached_and_reasoning_tokens_are_parts_and_cost_their_own() -> None:
    full = price("m", cache_read=Decimal("0.5"), cache_write=Decimal("2.5"), reasoning=Decimal(10))
    details = {"cache_read": 400, "cache_write": 100, "reasoning": 50}
    assert cost(full, input_tokens=1000, output_tokens=200, details=details) == Decimal("0.0031500000")
    assert cost(price("m"), input_tokens=1000, output_tokens=200, details=details) == Decimal("0.0036000000")


def test_parts_larger_than_the_whole_cost_no_more_than_the_whole() -> None:
    full = price("m", cache_read=Decimal("0.5"))
    assert cost(full, input_tokens=10, output_tokens=0, details={"cache_read": 99}) == Decimal("0.0000050000")
    assert cost(full, input_tokens=10, output_tokens=0, details={"cache_read": -5}) == Decimal("0.0000200000")


def test_an_absurd_count_costs_as_much_as_a_column_takes() -> None:
    assert cost(price("m"), input_tokens=2**62, output_tokens=0, details={}) == Decimal("9999999999.9999999999")


counts = some.integers(0, 10**9)


@given(counts, counts, some.dictionaries(some.sampled_from(["cache_read", "cache_write", "reasoning"]), counts))
def test_without_own_prices_details_change_nothing(asked: int, said: int, details: dict[str, int]) -> None:
    plain = cost(price("m"), input_tokens=asked, output_tokens=said, details={})
    assert cost(price("m"), input_tokens=asked, output_tokens=said, details=details) == plain
    assert plain == (Decimal(asked) * 2 + Decimal(said) * 8) / 1_000_000


def test_a_price_holds_from_its_first_day_to_the_day_before_its_end() -> None:
    old = price("m", 1, valid_from=DAY, valid_to=DAY + timedelta(days=10))
    new = price("m", 2, valid_from=DAY + timedelta(days=10))
    days = [-1, 0, 9, 10, 400]
    assert [chosen([new, old], "m", day=DAY + timedelta(days=day)) for day in days] == [None, 1, 1, 2, 2]
    assert [chosen([old], "m", day=DAY + timedelta(days=day)) for day in days] == [None, 1, 1, None, None]


@pytest.mark.parametrize(
    ("model", "provider", "wanted"),
    [
        ("gpt-x", None, 1),
        ("GPT-X", "openai", 1),
        ("gpt-x", "azure", 2),
        ("gpt-x", "az.ai.openai", 2),
        ("gpt-x-2026-03-01", "openai", 4),
        ("gpt-y", "openai", 3),
        ("claude", "openai", None),
        ("", None, None),
    ],
)
def test_the_price_that_fits_closest_holds(model: str, provider: str | None, wanted: int | None) -> None:
    prices = [price("gpt-x", 1), price("gpt-x", 2, provider="azure.ai.openai"), price("gpt-*", 3), price("gpt-x-*", 4)]
    assert chosen(prices, model, provider=provider) == wanted
    assert chosen(prices[::-1], model, provider=provider) == wanted


def test_the_model_that_answered_goes_before_the_one_that_was_asked_for() -> None:
    prices = [price("small", 1), price("small-0301", 2)]
    assert chosen(prices, "small-0301", "small") == 2
    assert chosen(prices, "small-0999", "small") == 1
    assert chosen(prices, None, "small") == 1


def test_a_pattern_means_its_other_characters_as_they_are() -> None:
    assert chosen([price("a.b*", 1)], "axb") is None
    assert chosen([price("a.b*", 1)], "a.b") == 1
    assert chosen([price("*/m", 1)], "vendor\n/m") == 1


@given(some.text(max_size=40), some.text(max_size=40))
def test_no_name_breaks_the_search(model: str, name: str) -> None:
    found = chosen([price(model.replace("*", ""), 1)], name)
    assert found == (1 if name and name.lower() == model.replace("*", "").lower() else None)


def test_providers_have_one_name() -> None:
    named = ["vertex_ai-language-models", "Bedrock", "gemini", "openai", None, " anthropic "]
    assert [canonical_provider(name) for name in named] == [
        "gcp.vertex_ai", "aws.bedrock", "gcp.gemini", "openai", "", "anthropic"
    ]  # fmt: skip
