"""How each kind of column answers an operator: the vocabulary that the fields of traces, runs and feedback share.

A reader gets one positive operator (negations are complements, `is` is `any of` one value) and its values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, cast

from django.db.models import DecimalField, F, FloatField, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    In,
    IRegex,
    LessThan,
    LessThanOrEqual,
    Lookup,
    Regex,
)

from annotation.domain.traces.filters.tree import Duration, Operator, Pattern
from annotation.domain.traces.filters.tree import Value as FilterValue
from annotation.domain.traces.matching.expressions import AnyElement

Values = Sequence[FilterValue]
Reader = Callable[[Operator, Values], Q]
ORDERED: dict[Operator, type[Lookup[Any]]] = {
    Operator.EQUAL: Exact,
    Operator.BELOW: LessThan,
    Operator.AT_MOST: LessThanOrEqual,
    Operator.ABOVE: GreaterThan,
    Operator.AT_LEAST: GreaterThanOrEqual,
}


def text(column: str) -> Reader:
    """A nullable text column; an empty text counts as absent."""

    def read(operator: Operator, values: Values) -> Q:
        return Q((f"{column}__gt", "")) if operator is Operator.EXISTS else text_of(F(column), operator, values)

    return read


def texts(*columns: str) -> Reader:
    """Several text columns, one of which answers."""

    def read(operator: Operator, values: Values) -> Q:
        found = Q()
        for column in columns:
            found |= text(column)(operator, values)
        return found

    return read


def text_of(expression: Combinable, operator: Operator, values: Values) -> Q:
    """A text expression held against texts or a pattern."""
    first = values[0]
    if isinstance(first, Pattern):
        return Q((IRegex if first.is_case_blind else Regex)(expression, first.source))
    if operator is Operator.CONTAINS:
        return Q(IContains(expression, str(first)))
    return Q(In(expression, [str(value) for value in values]))


def choice(column: str, *, absent: str = "") -> Reader:
    """A column of known words; `absent` is the word that stands for NULL."""

    def read(operator: Operator, values: Values) -> Q:
        if operator is Operator.EXISTS:
            return Q((f"{column}__isnull", False))
        words = [str(value) for value in values if value != absent]
        empty = Q((f"{column}__isnull", True)) if absent and absent in values else Q()
        if not words:
            return empty
        return empty | Q((column, words[0]) if len(words) == 1 else (f"{column}__in", words))

    return read


def identifier(column: str) -> Reader:
    """A column of UUIDs."""

    def read(_operator: Operator, values: Values) -> Q:
        return Q((f"{column}__in", list(values)))

    return read


def moment(column: str) -> Reader:
    """A column of times; those back from now have become moments by now."""

    def read(operator: Operator, values: Values) -> Q:
        if operator is Operator.EXISTS:
            return Q((f"{column}__isnull", False))
        return Q(ORDERED[operator](F(column), values[0]))

    return read


def number(column: str) -> Reader:
    """A column of whole or decimal numbers."""

    def read(operator: Operator, values: Values) -> Q:
        if operator is Operator.EXISTS:
            return Q((f"{column}__isnull", False))
        return Q(ORDERED[operator](F(column), Value(values[0], output_field=DecimalField())))

    return read


def score(column: str) -> Reader:
    """A column of floating point numbers."""

    def read(operator: Operator, values: Values) -> Q:
        if operator is Operator.EXISTS:
            return Q((f"{column}__isnull", False))
        wanted = float(cast("Decimal", values[0]))
        return Q(ORDERED[operator](F(column), Value(wanted, output_field=FloatField())))

    return read


def milliseconds(column: str) -> Reader:
    """A column of milliseconds, held against durations."""

    def read(operator: Operator, values: Values) -> Q:
        lengths = [value.seconds() * 1000 for value in values if isinstance(value, Duration)]
        return score(column)(operator, lengths)

    return read


def array(column: str) -> Reader:
    """A text array, which holds when one element does."""

    def read(operator: Operator, values: Values) -> Q:
        if operator is Operator.EXISTS:
            return Q((f"{column}__len__gt", 0))
        if operator is Operator.ANY_OF and len(values) == 1:
            return Q((f"{column}__contains", [str(values[0])]))
        if operator is Operator.ANY_OF:
            return Q((f"{column}__overlap", [str(value) for value in values]))
        return Q(_any_element(F(column), values[0]))

    return read


def _any_element(column: F, needle: FilterValue) -> AnyElement:
    if not isinstance(needle, Pattern):
        return AnyElement(column, Value(str(needle)), test=AnyElement.CONTAINS)
    test = AnyElement.MATCHES_CASE_BLIND if needle.is_case_blind else AnyElement.MATCHES
    return AnyElement(column, Value(needle.source), test=test)


def name(*columns: str) -> Reader:
    """The name people gave a thing, in whatever case; one of several columns answers."""

    def read(operator: Operator, values: Values) -> Q:
        found = Q()
        for column in columns:
            if operator is Operator.ANY_OF:
                for value in values:
                    found |= Q((f"{column}__iexact", str(value)))
            else:
                found |= text_of(F(column), operator, values)
        return found

    return read
