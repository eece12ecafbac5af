"""One field held against one value, as a condition of our tree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.tree import And, Condition, Duration, Node, Not, Operator, Value
from annotation.domain.traces.langsmith.syntax import Literal

NAMED = {Operator.EQUAL: Operator.IS, Operator.UNEQUAL: Operator.IS_NOT}
_STATUSES = {"success": "ok", "error": "error", "pending": "pending"}
TEXTS = {
    "name": "name",
    "thread_id": "thread",
    "error": "error",
    "model": "model",
    "ls_model_name": "model",
    "reference_example_id": "example",
    "inputs": "input",
    "input": "input",
    "outputs": "output",
    "output": "output",
}
NUMBERS = {
    "total_tokens": "tokens",
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "total_cost": "cost",
}
TIMES = {"start_time": "time", "end_time": "end"}
IDS = {"id": "id", "run_id": "id", "trace_id": "trace", "parent_run_id": "parent"}
_RUN_TYPES = {
    "chain": ("chain", "agent", "guardrail", "evaluator", "other"),
    "retriever": ("retriever", "reranker"),
}
"""Types of ours that the protocol has no word for are shown as one of these."""
_MOST_DIGITS = 200
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(ms|s|m|h|d)?", re.ASCII)


def held(field: str, operator: Operator, value: Literal) -> Node:
    """A field held against a value that is not null."""
    for names, reader in _READERS:
        if field in names:
            return reader(names[field], operator, value)
    return _SPECIAL[field](operator, value)


def _named(name: str, operator: Operator, value: Literal) -> Node:
    if operator not in NAMED:
        raise FilterError("Only numbers and times are larger or smaller.", span=value.span)
    return Condition(name, NAMED[operator], (text(value),))


def _numbered(name: str, operator: Operator, value: Literal) -> Node:
    return Condition(name, operator, (number(value),))


def _timed(name: str, operator: Operator, value: Literal) -> Node:
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError as problem:
        raise FilterError("This is not a time.", span=value.span, hint='Write "2026-01-31T09:30:00Z".') from problem
    return Condition(name, operator, (moment if moment.tzinfo else moment.replace(tzinfo=UTC),))


def _identified(name: str, operator: Operator, value: Literal) -> Node:
    try:
        identifier = str(UUID(text(value)))
    except ValueError as problem:
        raise FilterError("This is not an id.", span=value.span) from problem
    if operator not in NAMED:
        raise FilterError("Ids are not larger or smaller.", span=value.span)
    return Condition(name, NAMED[operator], (identifier,))


_READERS: tuple[tuple[Mapping[str, str], Callable[[str, Operator, Literal], Node]], ...] = (
    (TEXTS, _named),
    (NUMBERS, _numbered),
    (TIMES, _timed),
    (IDS, _identified),
)


def _status(operator: Operator, value: Literal) -> Node:
    word = text(value).lower()
    if word not in _STATUSES or operator not in NAMED:
        raise FilterError("There is no such status.", span=value.span, hint=f"It is one of {', '.join(_STATUSES)}.")
    return Condition("status", NAMED[operator], (_STATUSES[word],))


def _latency(operator: Operator, value: Literal) -> Node:
    """Seconds, or a text with a unit: 5, "5s", "250ms"."""
    match = _LENGTH.fullmatch(str(value.value))
    if not match or isinstance(value.value, bool | tuple):
        raise FilterError("This is not a duration.", span=value.span, hint='Write 5 (seconds) or "250ms".')
    return Condition("latency", operator, (Duration(Decimal(match[1]), match[2] or "s"),))


def _is_root(operator: Operator, value: Literal) -> Node:
    if operator not in NAMED:
        raise FilterError("`is_root` is true or false.", span=value.span)
    wanted = (value.value in (True, Decimal(1), "true")) is (operator is Operator.EQUAL)
    has_parent = Condition("parent", Operator.EXISTS)
    return Not(has_parent) if wanted else has_parent


def _execution_order(operator: Operator, value: Literal) -> Node:
    """The protocol gives every run a place; only the first, the root's, is asked for."""
    if value.value != Decimal(1) or operator not in NAMED:
        raise FilterError("Only execution_order 1 is known: the root.", span=value.span, hint="Use is_root.")
    return _is_root(operator, value)


def _run_type(operator: Operator, value: Literal) -> Node:
    word = text(value).lower()
    if operator not in NAMED:
        raise FilterError("Types are not larger or smaller.", span=value.span)
    held_against = _RUN_TYPES.get(word, (word,))
    return Condition("type", Operator.ANY_OF if operator is Operator.EQUAL else Operator.NONE_OF, held_against)


def _tags(operator: Operator, value: Literal) -> Node:
    return _named("tag", operator, value)


def _whole_metadata(operator: Operator, value: Literal) -> Node:
    held = metadata(value)
    return Not(held) if operator is Operator.UNEQUAL else held


_SPECIAL: Mapping[str, Callable[[Operator, Literal], Node]] = {
    "status": _status,
    "run_type": _run_type,
    "latency": _latency,
    "is_root": _is_root,
    "execution_order": _execution_order,
    "tags": _tags,
    "metadata": _whole_metadata,
}


def text(value: Literal) -> str:
    """The text that a value is. Raises FilterError."""
    plain = value.value
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, str | Decimal):
        return str(plain)
    raise FilterError("Here should stand a text.", span=value.span, hint="Put texts between quotes.")


def number(value: Literal) -> Decimal:
    """The number that a value is. Raises FilterError."""
    plain = value.value
    if isinstance(plain, bool):
        return Decimal(int(plain))
    if isinstance(plain, Decimal):
        return plain
    try:
        found = Decimal(plain) if isinstance(plain, str) and len(plain) < 40 else _no_number(value)
    except ArithmeticError:
        return _no_number(value)
    return found if _fits(found) else _no_number(value)


def _fits(number: Decimal) -> bool:
    """Whether it is finite and written out in no more digits than the grammar's own numbers: the database counts with it."""
    return number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS


def _no_number(value: Literal) -> Decimal:
    raise FilterError("Here should stand a number.", span=value.span)


def metadata(value: Literal) -> Node:
    """`has(metadata, '{"k": "v"}')`: each of the entries; or just a key."""
    asked = text(value)
    if not asked.lstrip().startswith("{"):
        return Condition("metadata", Operator.EXISTS, key=asked)
    try:
        wanted = json.loads(asked, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as problem:
        raise FilterError("This is not JSON.", span=value.span, hint="""Write '{"key": "value"}'.""") from problem
    return And(tuple(entry(key, Operator.EQUAL, Literal(_plain(one), value.span)) for key, one in wanted.items()))


def _plain(value: object) -> str | Decimal | None:
    if isinstance(value, Decimal) and not _fits(value):
        return str(value)
    if value is None or isinstance(value, str | Decimal):
        return value
    return str(value).lower() if isinstance(value, bool) else json.dumps(value, default=float)


def entry(key: str, operator: Operator, value: Literal) -> Node:
    """The metadata under a key held against a value."""
    plain = value.value
    if plain is None:
        present = Condition("metadata", Operator.EXISTS, key=key)
        return Not(present) if operator is Operator.EQUAL else present
    if isinstance(plain, tuple):
        raise FilterError("Here should stand a text or a number.", span=value.span)
    held: Value = str(plain).lower() if isinstance(plain, bool) else plain
    if isinstance(held, Decimal) or operator in NAMED:
        return Condition("metadata", NAMED.get(operator, operator), (held,), key)
    raise FilterError("Only numbers are larger or smaller in metadata.", span=value.span)
