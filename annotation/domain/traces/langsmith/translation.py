"""Calls as conditions of our tree.

Under one `and`, a `metadata_key` and a `metadata_value` speak of the same entry, a `feedback_key` and its score, value,
comment and source of the same feedback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from annotation.domain.traces.filters.errors import FilterError, did_you_mean
from annotation.domain.traces.filters.tree import And, Condition, Node, Not, Operator, Or, Related, Value
from annotation.domain.traces.langsmith.held import (
    IDS,
    NAMED,
    NUMBERS,
    TEXTS,
    TIMES,
    entry,
    held,
    metadata,
    number,
    text,
)
from annotation.domain.traces.langsmith.syntax import Call, Literal, Name, parse

_COMPARISONS = {
    "eq": Operator.EQUAL,
    "neq": Operator.UNEQUAL,
    "lt": Operator.BELOW,
    "lte": Operator.AT_MOST,
    "gt": Operator.ABOVE,
    "gte": Operator.AT_LEAST,
}
_FEEDBACK = {
    "feedback_key": "key",
    "feedback_score": "score",
    "feedback_value": "value",
    "feedback_comment": "comment",
    "feedback_source": "source",
}
_PAIRS = frozenset({"metadata_key", "metadata_value"})
_SOURCES = {"api": ("api", "signal"), "app": ("user", "reviewer"), "model": ("judge",), "auto_eval": ("judge", "rule")}
FIELDS = (
    *TEXTS, *NUMBERS, *TIMES, *IDS, *_FEEDBACK, *sorted(_PAIRS), "run_type", "status", "latency", "tags", "metadata", "is_root",
    "execution_order",
)  # fmt: skip


def translate(written: str) -> Node:
    """The tree that a filter describes. Raises FilterError with the place."""
    return _node(parse(written))


def _node(call: Call) -> Node:
    if call.name in ("and", "or"):
        parts = [_call(argument, call) for argument in call.arguments]
        if not parts:
            raise FilterError(f"`{call.name}` joins at least one comparison.", span=call.span)
        return _all(parts) if call.name == "and" else Or(tuple(_node(part) for part in parts))
    if call.name == "not":
        if len(call.arguments) != 1:
            raise FilterError("`not` takes one comparison.", span=call.span)
        return Not(_node(_call(call.arguments[0], call)))
    return _all([call])


def _call(argument: object, parent: Call) -> Call:
    if isinstance(argument, Call):
        return argument
    span = argument.span if isinstance(argument, Name | Literal) else parent.span
    raise FilterError(f"`{parent.name}` joins comparisons.", span=span, hint='Write for example eq(run_type, "llm").')


def _all(calls: Sequence[Call]) -> Node:
    """Comparisons that hold together, with those that speak of one entry or one feedback made into one condition."""
    about = [(_field(call), call) for call in calls]
    feedback = [call for field, call in about if field in _FEEDBACK]
    entries = [call for field, call in about if field in _PAIRS]
    parts = [_node(call) if field is None else _comparison(field, call) for field, call in about
             if field not in _FEEDBACK and field not in _PAIRS]  # fmt: skip
    if feedback:
        parts.append(_feedback(feedback))
    if entries:
        parts.append(_entries(entries))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _field(call: Call) -> str | None:
    """The field that a comparison is about; None for a connective, and for a search of everything."""
    if call.name in ("and", "or", "not"):
        return None
    if call.name not in (*_COMPARISONS, "has", "search", "exists", "in", "like", "contains"):
        known = (*_COMPARISONS, "and", "or", "not", "has", "search", "exists", "in")
        hint = did_you_mean(call.name, known) or f"Comparisons are {', '.join(known)}."
        raise FilterError(f"There is no comparison `{call.name}`.", span=call.span, hint=hint)
    first = call.arguments[0] if call.arguments else None
    if call.name == "search" and len(call.arguments) == 1:
        return "*"
    if not isinstance(first, Name):
        raise FilterError(f"`{call.name}` takes a field first.", span=call.span, hint="Field names have no quotes.")
    if first.text not in FIELDS:
        hint = did_you_mean(first.text, FIELDS) or f"Fields are {', '.join(FIELDS)}."
        raise FilterError(f"There is no field `{first.text}`.", span=first.span, hint=hint)
    return first.text


def _value(call: Call, place: int = 1) -> Literal:
    """The value that a field is held against."""
    if len(call.arguments) != place + 1:
        raise FilterError(f"`{call.name}` takes {'a field and a value' if place else 'a value'}.", span=call.span)
    value = call.arguments[place]
    if isinstance(value, Literal):
        return value
    raise FilterError("Here should stand a text or a number.", span=value.span, hint="Put texts between quotes.")


def _comparison(field: str, call: Call) -> Node:
    reader = _everywhere if field == "*" else _READERS.get(call.name)
    if reader:
        return reader(field, call)
    value = _value(call)
    if value.value is None:
        present = _exists(field, call)
        return Not(present) if call.name == "eq" else present
    return held(field, _COMPARISONS[call.name], value)


def _everywhere(_field: str, call: Call) -> Node:
    words = text(_value(call, 0))
    return Or(tuple(Condition(name, Operator.CONTAINS, (words,)) for name in ("input", "output", "name", "error")))


def _exists(field: str, call: Call) -> Node:
    if field in ("status", "is_root", "execution_order", "metadata"):
        raise FilterError(f"`{field}` always exists.", span=call.span)
    return Condition(_ours(field), Operator.EXISTS)


def _ours(field: str) -> str:
    return {**TEXTS, **NUMBERS, **TIMES, **IDS, "tags": "tag", "run_type": "type"}.get(field, field)


def _searched(field: str, call: Call) -> Node:
    words = text(_value(call))
    if call.name == "like":
        words = words.strip("%")
    if field in TEXTS:
        return Condition(TEXTS[field], Operator.CONTAINS, (words,))
    if field == "tags":
        return Condition("tag", Operator.CONTAINS, (words,))
    raise FilterError(f"`{field}` is not searched in.", span=call.span, hint='Search in "name", "inputs" or "outputs".')


def _in(field: str, call: Call) -> Node:
    listed = _value(call).value
    if not isinstance(listed, tuple) or not listed:
        raise FilterError("`in` takes a list.", span=call.span, hint='Write in(run_type, ["llm", "tool"]).')
    parts = [held(field, Operator.EQUAL, value) for value in listed]
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _has(field: str, call: Call) -> Node:
    if field == "tags":
        return Condition("tag", Operator.ANY_OF, (text(_value(call)),))
    if field == "metadata":
        return metadata(_value(call))
    raise FilterError(f"`has` asks for tags and metadata, not for `{field}`.", span=call.span, hint="Use eq.")


_READERS: Mapping[str, Callable[[str, Call], Node]] = {
    "exists": _exists,
    "search": _searched,
    "like": _searched,
    "contains": _searched,
    "in": _in,
    "has": _has,
}


def _entries(calls: Sequence[Call]) -> Node:
    """A key, and what its value is held against."""
    keys = [call for call in calls if _field(call) == "metadata_key"]
    values = [call for call in calls if _field(call) == "metadata_value"]
    if not keys:
        hint = 'Write and(eq(metadata_key, "tier"), eq(metadata_value, "gold")).'
        raise FilterError("`metadata_value` needs a metadata_key beside it.", span=calls[0].span, hint=hint)
    parts: list[Node] = []
    for call in keys:
        named = _value(call).value
        names = [text(one) for one in named] if isinstance(named, tuple) else [text(_value(call))]
        if not names:
            raise FilterError("`in` takes a list.", span=call.span)
        meant = [_of_key(name, values) for name in names]
        whole = meant[0] if len(meant) == 1 else Or(tuple(meant))
        parts.append(Not(whole) if call.name == "neq" else whole)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _of_key(key: str, calls: Sequence[Call]) -> Node:
    if not calls:
        return Condition("metadata", Operator.EXISTS, key=key)
    parts: list[Node] = []
    for call in calls:
        value = _value(call)
        if call.name == "in":
            listed = value.value if isinstance(value.value, tuple) and value.value else (value,)
            parts.append(Or(tuple(entry(key, Operator.EQUAL, one) for one in listed)))
        elif call.name in ("search", "like", "contains"):
            parts.append(Condition("metadata", Operator.CONTAINS, (text(value).strip("%"),), key))
        elif call.name in _COMPARISONS:
            parts.append(entry(key, _COMPARISONS[call.name], value))
        else:
            raise FilterError(f"`{call.name}` does not hold metadata_value.", span=call.span, hint="Use eq.")
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _feedback(calls: Sequence[Call]) -> Node:
    """One feedback that all of the comparisons hold for."""
    conditions: list[Condition] = []
    for call in calls:
        field = _FEEDBACK[str(_field(call))]
        conditions.append(_about_feedback(field, call))
    return Related("feedback", tuple(conditions))


def _about_feedback(field: str, call: Call) -> Condition:
    value = _value(call)
    if value.value is None:
        raise FilterError("A feedback is not held against null.", span=value.span)
    if call.name == "in":
        listed = value.value if isinstance(value.value, tuple) else (value,)
        return Condition(field, Operator.ANY_OF, tuple(one for item in listed for one in _said(field, item)))
    if call.name in ("search", "like", "contains"):
        return Condition(field, Operator.CONTAINS, (text(value).strip("%"),))
    operator = _COMPARISONS.get(call.name)
    if operator is None:
        raise FilterError(f"`{call.name}` does not hold a feedback.", span=call.span, hint="Use eq.")
    if field == "score":
        return Condition(field, operator, (number(value),))
    if operator not in NAMED:
        raise FilterError("Only scores are larger or smaller.", span=call.span)
    negated = operator is Operator.UNEQUAL
    return Condition(field, Operator.NONE_OF if negated else Operator.ANY_OF, _said(field, value))


def _said(field: str, value: Literal) -> tuple[Value, ...]:
    if field != "source":
        return (text(value),)
    known = _SOURCES.get(text(value))
    if known is None:
        raise FilterError("There is no such source.", span=value.span, hint=f"It is one of {', '.join(_SOURCES)}.")
    return known
