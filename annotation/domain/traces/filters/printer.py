"""From tree to text: the canonical way to write a filter, so that equal filters read equal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from decimal import Decimal

from annotation.domain.traces.filters.conditions import KEYWORDS
from annotation.domain.traces.filters.fields import SUBJECTS
from annotation.domain.traces.filters.tree import (
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

PLAIN = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
KEY = re.compile(r"[A-Za-z0-9_][\w./-]*", re.ASCII)
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
RESULTS = ("score", "value")


def to_text(node: Node) -> str:
    """The canonical text of a tree: ``parse(to_text(tree)) == tree``."""
    match node:
        case And(parts):
            return " and ".join(_part(part, (And, Or)) for part in parts)
        case Or(parts):
            return " or ".join(_part(part, (Or,)) for part in parts)
        case Not(part):
            return f"not {_part(part, (And, Or))}"
        case Text(words):
            return quoted(words)
        case Related():
            return _related(node)
        case Condition():
            return _condition(node)


def chips(node: Node) -> tuple[str, ...]:
    """The parts of a filter that each stand for themselves, as the filter bar shows and removes them."""
    if isinstance(node, And):
        return tuple(_part(part, (And, Or)) for part in node.parts)
    return (to_text(node),)


def quoted(text: str) -> str:
    """A text in double quotes, with what would end or break it escaped."""
    return '"' + "".join(ESCAPES.get(character, character) for character in text) + '"'


def _part(node: Node, bracketed: tuple[type, ...]) -> str:
    return f"({to_text(node)})" if isinstance(node, bracketed) else to_text(node)


def _condition(condition: Condition) -> str:
    return f"{_name(condition)} {_tail(condition)}"


def _name(condition: Condition) -> str:
    if not condition.key:
        return condition.field
    key = condition.key if KEY.fullmatch(condition.key) else quoted(condition.key)
    return f"{condition.field}.{key}"


def _tail(condition: Condition) -> str:
    written = [value(part) for part in condition.values]
    match condition.operator:
        case Operator.EXISTS:
            return "exists"
        case Operator.ANY_OF | Operator.NONE_OF:
            return f"{condition.operator} ({', '.join(written)})"
        case _:
            return f"{condition.operator} {written[0]}"


def _related(related: Related) -> str:
    conditions = list(related.conditions)
    result = _tail(conditions.pop()) if conditions and _stands_after_brackets(conditions[-1]) else ""
    arguments = [_argument(related.subject, place, condition) for place, condition in enumerate(conditions)]
    return f"{related.subject}({', '.join(arguments)}) {result}".rstrip()


def _stands_after_brackets(condition: Condition) -> bool:
    return condition.field in RESULTS and condition.operator is not Operator.EXISTS


def _argument(subject: str, place: int, condition: Condition) -> str:
    if condition.operator is not Operator.IS:
        return _condition(condition)
    if place == 0 and condition.field == SUBJECTS[subject].positional:
        return quoted(str(condition.values[0]))
    return f"{condition.field}: {value(condition.values[0])}"


def value(part: Value) -> str:
    """One value as it is written in a filter."""
    match part:
        case str():
            is_plain = PLAIN.fullmatch(part) and part.casefold() not in KEYWORDS
            return part if is_plain else quoted(part)
        case Decimal():
            return f"{part:f}"
        case Duration(amount, unit):
            return f"{amount:f}{unit}"
        case Ago(distance):
            return f"-{value(distance)}"
        case Pattern(source, is_case_blind):
            return f"/{source.replace('/', chr(92) + '/')}/{'i' if is_case_blind else ''}"
        case datetime():
            return _moment(part.astimezone(UTC))


def _moment(moment: datetime) -> str:
    if moment.time() == time.min:
        return moment.date().isoformat()
    return moment.replace(tzinfo=None).isoformat() + "Z"
