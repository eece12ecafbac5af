"""Reads the values of a field as its kind wants them: durations with a unit, moments, numbers, choices, text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from annotation.domain.traces.filters.errors import FilterError, did_you_mean
from annotation.domain.traces.filters.fields import ORDERED, Field, Kind
from annotation.domain.traces.filters.tokens import Kind as TokenKind
from annotation.domain.traces.filters.tokens import Token
from annotation.domain.traces.filters.tree import SECONDS_PER_UNIT, Ago, Duration, Operator, Pattern, Value

NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?|-?\.\d{1,12}", re.ASCII)
LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d|w)", re.ASCII)
LONGEST = Decimal(100 * 366 * 86400)
UNITS = ", ".join(SECONDS_PER_UNIT)


def read(field: Field, operator: Operator, token: Token) -> Value:
    """The token as a value of the field; raises FilterError, pointing at the token, when it is none."""
    if operator is Operator.MATCHES:
        return _pattern(token)
    if token.kind is TokenKind.PATTERN:
        raise FilterError("A pattern needs `matches`.", span=token.span, hint=f"Write `{field.name} matches /…/`.")
    if field.kind is Kind.MIXED and operator in ORDERED:
        return _number(field, token)
    reader = _text if operator is Operator.CONTAINS else READERS[field.kind]
    return reader(field, token)


def as_number(text: str) -> Decimal | None:
    """The number a word stands for, ``None`` when it is a word and nothing else."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _pattern(token: Token) -> Pattern:
    if token.kind is not TokenKind.PATTERN:
        raise FilterError(
            "`matches` needs a pattern between slashes.",
            span=token.span,
            hint=f"Write `matches /{token.text or 'refund'}/i`, or use `contains` for plain text.",
        )
    return Pattern(token.text, is_case_blind=token.flags == "i", span=token.span)


def _moment(field: Field, token: Token) -> Value:
    if token.text.startswith("-") and (distance := _length(token.text[1:])):
        return Ago(distance)
    try:
        return _in_utc(datetime.fromisoformat(token.text.upper()))
    except (ValueError, OverflowError):
        raise FilterError(
            f"`{token.text}` is not a time.",
            span=token.span,
            hint=f"Write `{field.name} > -24h` (units {UNITS}), or a date as 2026-01-31 or 2026-01-31T09:30Z.",
        ) from None


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _length(text: str) -> Duration | None:
    found = LENGTH.fullmatch(text)
    duration = Duration(Decimal(found.group(1)), found.group(2)) if found else None
    return duration if duration and duration.seconds() <= LONGEST else None


def _duration(field: Field, token: Token) -> Value:
    if duration := _length(token.text):
        return duration
    hint = f"Write a unit ({UNITS}): `{field.name} > {token.text}s`." if as_number(token.text) is not None else ""
    raise FilterError(
        f"`{token.text}` is not a duration.",
        span=token.span,
        hint=hint or f"Write `{field.name} > 2s`; the units are {UNITS}.",
    )


def _number(field: Field, token: Token) -> Value:
    number = as_number(token.text.removeprefix("$"))
    if number is None:
        raise FilterError(
            f"`{token.text}` is not a number.", span=token.span, hint=f"Write for example `{field.name} > 100`."
        )
    return number


def _choice(field: Field, token: Token) -> Value:
    if (word := token.text.casefold()) in field.choices:
        return word
    raise FilterError(
        f"`{field.name}` is never `{token.text}`.",
        span=token.span,
        hint=f"{did_you_mean(word, field.choices)} It is one of {', '.join(field.choices)}.".strip(),
        expected=field.choices,
    )


def _text(field: Field, token: Token) -> Value:
    if not token.text:
        raise FilterError(
            "There is no text between the quotes.",
            span=token.span,
            hint=f"Write `not {field.name} exists` for traces without it.",
        )
    return token.text


def _identifier(field: Field, token: Token) -> Value:
    try:
        return str(UUID(token.text))
    except ValueError:
        raise FilterError(
            f"`{token.text}` is not an id.", span=token.span, hint=f"Example: `{field.example}`."
        ) from None


def _mixed(field: Field, token: Token) -> Value:
    """Only a bare number is a number: ``metadata.build is "42"`` asks for the text."""
    number = as_number(token.text) if token.kind is TokenKind.WORD else None
    return _text(field, token) if number is None else number


READERS: dict[Kind, Callable[[Field, Token], Value]] = {
    Kind.MOMENT: _moment,
    Kind.DURATION: _duration,
    Kind.NUMBER: _number,
    Kind.CHOICE: _choice,
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.MIXED: _mixed,
    Kind.IDENTIFIER: _identifier,
}
