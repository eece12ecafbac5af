"""Any filter tree that can be written down, for property tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from annotation.domain.traces.filters.fields import FEEDBACK_FIELDS, RUN_FIELDS, TRACE_FIELDS, Field, Kind
from annotation.domain.traces.filters.tree import (
    SECONDS_PER_UNIT,
    Ago,
    And,
    Condition,
    Duration,
    Node,
    Not,
    Operator,
    Or,
    Pattern,
    Related,
    Text,
    Value,
)

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.text(characters, min_size=1, max_size=12)
searched = texts.filter(lambda text: bool(text.strip()))
numbers = st.decimals(-(10**9), 10**9, places=3, allow_nan=False).filter(
    lambda number: not number.is_signed() or number
)
durations = st.builds(
    Duration,
    st.decimals(0, 1000, places=2).map(lambda number: Decimal(f"{number:f}")),
    st.sampled_from([*SECONDS_PER_UNIT]),
)
FIRST, LAST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 -- hypothesis adds the zone
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
pieces = st.sampled_from(["a", "退", "/", "\\\\", "\\.", ".*", "[0-9]+", " ", '"', "(x|y)", "'"])
patterns = st.builds(Pattern, st.lists(pieces, min_size=1, max_size=6).map("".join), st.booleans())


def is_number(text: str) -> bool:
    return text.replace(".", "").replace("-", "").isdigit()


def values(field: Field, operator: Operator) -> st.SearchStrategy[Value]:
    if operator is Operator.MATCHES:
        return patterns
    if operator is Operator.CONTAINS:
        return texts
    if field.kind is Kind.MIXED:
        ordered = operator in (Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST)
        return numbers if ordered else st.one_of(numbers, texts)
    return {
        Kind.MOMENT: st.one_of(moments, durations.map(Ago)),
        Kind.DURATION: durations,
        Kind.NUMBER: numbers,
        Kind.CHOICE: st.sampled_from(field.choices or ("",)),
        Kind.TEXT: texts,
        Kind.IDENTIFIER: st.uuids().map(str),
        Kind.LONG_TEXT: texts,
    }[field.kind]


@st.composite
def conditions(draw: st.DrawFn, fields: dict[str, Field]) -> Condition:
    field = draw(st.sampled_from([*fields.values()]))
    operator = draw(st.sampled_from(field.operators))
    count = {Operator.EXISTS: (0, 0), Operator.ANY_OF: (1, 3), Operator.NONE_OF: (1, 3)}.get(operator, (1, 1))
    found = draw(st.lists(values(field, operator), min_size=count[0], max_size=count[1]))
    return Condition(field.name, operator, tuple(found), draw(texts) if field.has_key else "")


def related(subject: str, fields: dict[str, Field]) -> st.SearchStrategy[Node]:
    return st.lists(conditions(fields), max_size=3).map(lambda found: Related(subject, tuple(found)))


leaves: st.SearchStrategy[Node] = st.one_of(
    conditions(TRACE_FIELDS),
    related("run", RUN_FIELDS),
    related("feedback", FEEDBACK_FIELDS),
    st.builds(Text, searched),
)


def branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, children), st.builds(And, several), st.builds(Or, several))


trees: st.SearchStrategy[Node] = st.recursive(leaves, branches, max_leaves=8)
