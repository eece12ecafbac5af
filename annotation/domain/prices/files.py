"""Files of prices, read: a CSV of ours, or JSON in the shape of LiteLLM's `model_prices_and_context_window.json`. Pure.

CSV: a header with `model`, `input`, `output` and, if any, `provider`, `cache_read`, `cache_write`, `reasoning`,
`valid_from`, `valid_to`; US dollars per million tokens, days as 2026-03-01. JSON: an object from a model's name to its
`input_cost_per_token`, `output_cost_per_token`, `cache_read_input_token_cost`, `cache_creation_input_token_cost`,
`output_cost_per_reasoning_token` (US dollars per token) and `litellm_provider`
(https://docs.litellm.ai/docs/provider_registration/add_model_pricing).
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_ROWS = 20_000
_MILLION = Decimal(1_000_000)
_DIGITS = Decimal("1e-6")
_MOST = Decimal(100_000_000)
_LONGEST_MODEL, _LONGEST_PROVIDER = 200, 80

#: Our column -> LiteLLM's, per token.
_PER_TOKEN = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "reasoning": "output_cost_per_reasoning_token",
}
AMOUNTS = tuple(_PER_TOKEN)


class UnreadablePricesError(ValueError):
    """The file is no file of prices at all; the message says what to send."""


@dataclass(frozen=True, slots=True)
class Row:
    """One price of a file. Amounts are US dollars per million tokens; without days, those of the import hold."""

    place: str
    model: str
    provider: str
    amounts: Mapping[str, Decimal]
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Read:
    """What stood in a file; `skipped_count` models have no price per token (images, audio by the second)."""

    rows: Sequence[Row]
    problems: Sequence[Problem] = ()
    skipped_count: int = 0


@dataclass(slots=True)
class _Reading:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped_count: int = 0

    def done(self) -> Read:
        """What was read."""
        return Read(self.rows, self.problems, self.skipped_count)


def read(content: bytes) -> Read:
    """The prices in a file. Raises UnreadablePricesError; what is wrong with one row does not hold up the others."""
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as problem:
        raise UnreadablePricesError("The file is not UTF-8 text: send JSON or CSV.") from problem
    if not text:
        raise UnreadablePricesError("The file is empty: send JSON or CSV.")
    return _read_json(text) if text.startswith(("{", "[")) else _read_csv(text)


def _read_json(text: str) -> Read:
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError, InvalidOperation) as problem:
        raise UnreadablePricesError(f"This is not valid JSON: {problem}.") from problem
    if not isinstance(found, dict) or not found:
        raise UnreadablePricesError("The JSON must be an object from a model's name to its prices.")
    reading = _Reading()
    for name, entry in list(found.items())[:MOST_ROWS]:
        if name != "sample_spec":
            _take(reading, name, lambda name=name, entry=entry: _from_litellm(name, entry))
    return reading.done()


def _from_litellm(name: str, entry: Any) -> Row | None:
    if not isinstance(entry, dict):
        raise ValueError("is no object with prices")  # noqa: TRY004 -- a fault of the file, like the others
    provider = entry.get("litellm_provider")
    provider = provider if isinstance(provider, str) else ""
    amounts = {
        column: _amount(entry[key] * _MILLION, column)
        for column, key in _PER_TOKEN.items()
        if isinstance(entry.get(key), Decimal)
    }
    if "input" not in amounts:
        return None
    amounts.setdefault("output", Decimal(0))
    return _row(name, name.removeprefix(f"{provider}/"), provider, amounts)


def _read_csv(text: str) -> Read:
    table = csv.DictReader(io.StringIO(text))
    missing = {"model", "input", "output"} - set(_header(table))
    if missing:
        raise UnreadablePricesError(f"The first line must name the columns; missing: {', '.join(sorted(missing))}.")
    reading = _Reading()
    for number, entry in _lines(table):
        _take(reading, f"line {number}", lambda number=number, entry=entry: _from_csv(number, entry))
    return reading.done()


def _header(table: "csv.DictReader[str]") -> Sequence[str]:
    try:
        return table.fieldnames or ()
    except csv.Error as problem:
        raise UnreadablePricesError(f"This is not valid CSV: {problem}.") from problem


def _lines(table: "csv.DictReader[str]") -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        for entry in table:
            if table.line_num > MOST_ROWS:
                return
            yield table.line_num, {key: (value or "").strip() for key, value in entry.items() if isinstance(key, str)}
    except csv.Error as problem:
        raise UnreadablePricesError(f"This is not valid CSV: {problem}.") from problem


def _from_csv(number: int, entry: Mapping[str, str]) -> Row | None:
    amounts = {name: _number(entry[name], name) for name in AMOUNTS if entry.get(name)}
    if "input" not in amounts or "output" not in amounts:
        raise ValueError("needs a price for input and for output")
    days = {name: _day(entry[name], name) for name in ("valid_from", "valid_to") if entry.get(name)}
    return _row(f"line {number}", entry["model"], entry.get("provider", ""), amounts, **days)


def _take(reading: _Reading, place: str, make: Any) -> None:
    try:
        row = make()
    except ValueError as problem:
        reading.problems.append(Problem(place[:200], f"{problem}"))
        return
    if row is None:
        reading.skipped_count += 1
    else:
        reading.rows.append(row)


def _row(place: str, model: str, provider: str, amounts: Mapping[str, Decimal], **days: date) -> Row:
    model = model.strip()
    if not model or len(model) > _LONGEST_MODEL or "\0" in model:
        raise ValueError(f"needs a model's name of at most {_LONGEST_MODEL} characters")
    if len(provider) > _LONGEST_PROVIDER or "\0" in provider:
        raise ValueError(f"has a provider of more than {_LONGEST_PROVIDER} characters")
    return Row(place[:200], model, provider, amounts, **days)


def _number(text: str, name: str) -> Decimal:
    try:
        return _amount(Decimal(text), name)
    except InvalidOperation as problem:
        raise ValueError(f"{name} is not a number: {text[:40]}") from problem


def _amount(value: Decimal, name: str) -> Decimal:
    if not value.is_finite() or not 0 <= value < _MOST:
        raise ValueError(f"{name} must be a number from 0 up to {_MOST}")
    return value.quantize(_DIGITS)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise ValueError(f"{name} is not a day like 2026-03-01: {text[:40]}") from problem
