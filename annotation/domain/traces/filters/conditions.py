"""Reads one condition: a field, an operator and its values; and the conditions between brackets of a subject."""

from __future__ import annotations

from collections.abc import Iterator

from annotation.domain.traces.filters import values
from annotation.domain.traces.filters.cursor import Cursor
from annotation.domain.traces.filters.errors import FilterError, did_you_mean
from annotation.domain.traces.filters.fields import ALIASES, ORDERED, Field, Subject
from annotation.domain.traces.filters.tokens import Kind, Token
from annotation.domain.traces.filters.tree import Condition, Node, Not, Operator, Related, Span, Value

MOST_VALUES = 100
KEYWORDS = frozenset({"and", "or", "not", "is", "any", "of", "in", "contains", "matches", "exists", "does"})
SYMBOL_OPERATORS = {
    "=": Operator.EQUAL,
    "!=": Operator.UNEQUAL,
    "<": Operator.BELOW,
    "<=": Operator.AT_MOST,
    ">": Operator.ABOVE,
    ">=": Operator.AT_LEAST,
    ":": Operator.IS,
}
TWINS = {
    Operator.EQUAL: Operator.IS,
    Operator.UNEQUAL: Operator.IS_NOT,
    Operator.IS: Operator.EQUAL,
    Operator.IS_NOT: Operator.UNEQUAL,
}
WORD_OPERATORS: tuple[tuple[tuple[str, ...], Operator, bool], ...] = (
    (("is", "not", "any", "of"), Operator.NONE_OF, False),
    (("is", "any", "of"), Operator.ANY_OF, False),
    (("is", "none", "of"), Operator.NONE_OF, False),
    (("is", "not"), Operator.IS_NOT, False),
    (("is",), Operator.IS, False),
    (("any", "of"), Operator.ANY_OF, False),
    (("none", "of"), Operator.NONE_OF, False),
    (("not", "in"), Operator.NONE_OF, False),
    (("in",), Operator.ANY_OF, False),
    (("contains",), Operator.CONTAINS, False),
    (("matches",), Operator.MATCHES, False),
    (("exists",), Operator.EXISTS, False),
    (("does", "not", "contain"), Operator.CONTAINS, True),
    (("does", "not", "match"), Operator.MATCHES, True),
    (("does", "not", "exist"), Operator.EXISTS, True),
)
FIRST_WORDS = frozenset(words[0] for words, _, _ in WORD_OPERATORS)


def starts_operator(token: Token) -> bool:
    """Whether a token begins an operator, so that the one before it was meant as a field."""
    return token.is_word(*FIRST_WORDS) or (token.kind is Kind.SYMBOL and token.text in SYMBOL_OPERATORS)


def find_field(word: str, fields: dict[str, Field]) -> tuple[Field, str] | None:
    """The field a word names, with the key after its dot; ``None`` when it names none."""
    name, dot, key = word.partition(".")
    field = fields.get(ALIASES.get(name.casefold(), name.casefold()))
    if field is None or (dot and not field.has_key):
        return None
    return field, key


def read_condition(cursor: Cursor, field: Field, key: str) -> Node:
    """The condition whose field name the cursor stands at."""
    start = cursor.take().span
    if field.has_key and not key:
        key = _quoted_key(cursor, field, start)
    operator, is_negated = _operator(cursor, field)
    condition = Condition(field.name, operator, _values(cursor, field, operator), key, start.to(cursor.previous))
    return Not(condition) if is_negated else condition


def _quoted_key(cursor: Cursor, field: Field, name: Span) -> str:
    token = cursor.here
    if token.kind is Kind.STRING and token.span.start == name.end and token.text:
        return cursor.take().text
    raise FilterError(
        f"Which {field.name}?",
        span=name,
        hint=f'Write `{field.name}.tier is gold`, or `{field.name}."two words" is gold`.',
    )


def _operator(cursor: Cursor, field: Field) -> tuple[Operator, bool]:
    """The operator that stands here, as the field's kind calls it, and whether ``does not`` negates it."""
    start = cursor.here.span
    written, is_negated = _any_operator(cursor, field)
    operator = written if written in field.operators else TWINS.get(written, written)
    if operator in field.operators:
        return operator, is_negated
    raise FilterError(
        f"`{field.written}` does not take `{written}`.",
        span=start.to(cursor.previous),
        hint=f"It takes {_listed(field)}. Example: `{field.example}`.",
        expected=field.operators,
    )


def _any_operator(cursor: Cursor, field: Field) -> tuple[Operator, bool]:
    for words, operator, is_negated in WORD_OPERATORS:
        if cursor.take_words(*words):
            return operator, is_negated
    if cursor.here.kind is Kind.SYMBOL and cursor.here.text in SYMBOL_OPERATORS:
        return SYMBOL_OPERATORS[cursor.take().text], False
    raise cursor.unexpected(
        f"an operator after `{field.written}`",
        hint=f"It takes {_listed(field)}. Example: `{field.example}`.",
        expected=field.operators,
    )


def _listed(field: Field) -> str:
    return ", ".join(f"`{operator}`" for operator in field.operators)


def _values(cursor: Cursor, field: Field, operator: Operator) -> tuple[Value, ...]:
    if operator is Operator.EXISTS:
        return ()
    if operator in (Operator.ANY_OF, Operator.NONE_OF):
        return tuple(_list(cursor, field, operator))
    return (_value(cursor, field, operator),)


def _list(cursor: Cursor, field: Field, operator: Operator) -> Iterator[Value]:
    hint = f"Write `{field.written} {operator} (…, …)`."
    opening = cursor.require_symbol("(", hint=hint)
    yield _value(cursor, field, operator)
    count = 1
    while cursor.take_symbol(","):
        if (count := count + 1) > MOST_VALUES:
            raise FilterError(f"A list holds at most {MOST_VALUES} values.", span=opening.span, hint="Split it.")
        yield _value(cursor, field, operator)
    cursor.require_symbol(")", hint=hint)


def _value(cursor: Cursor, field: Field, operator: Operator) -> Value:
    token = cursor.here
    if token.kind in (Kind.SYMBOL, Kind.END) or token.is_word(*KEYWORDS):
        raise cursor.unexpected(
            f"a value after `{operator}`", hint=f"Example: `{field.example}`.", expected=field.choices
        )
    return values.read(field, operator, cursor.take())


def read_related(cursor: Cursor, subject: Subject) -> Node:
    """``run(…)`` or ``feedback(…) < 1``; the cursor stands at the subject's name."""
    start = cursor.take().span
    conditions: list[Condition] = []
    if cursor.take_symbol("(") and not cursor.take_symbol(")"):
        conditions.append(_argument(cursor, subject))
        while cursor.take_symbol(","):
            conditions.append(_argument(cursor, subject))
        cursor.require_symbol(")", hint=f"Example: `{subject.example}`.")
    if starts_operator(cursor.here):
        return _with_result(cursor, subject, start, conditions)
    return Related(subject.name, tuple(conditions), start.to(cursor.previous))


def _argument(cursor: Cursor, subject: Subject) -> Condition:
    token = cursor.here
    if token.kind is Kind.WORD and starts_operator(cursor.ahead()):
        return _bare_condition(cursor, _field_of(subject, token))
    if token.kind is Kind.STRING or (token.kind is Kind.WORD and token.text.casefold() not in subject.fields):
        field = subject.fields[subject.positional]
        value = _value(cursor, field, Operator.IS)
        return Condition(field.name, Operator.IS, (value,), span=token.span)
    raise cursor.unexpected(
        f"a condition on the {subject.name}", hint=f"Example: `{subject.example}`.", expected=subject.fields
    )


def _bare_condition(cursor: Cursor, field: Field) -> Condition:
    start = cursor.here.span
    condition = read_condition(cursor, field, "")
    if isinstance(condition, Condition):
        return condition
    raise FilterError(
        "`does not` cannot stand between brackets.",
        span=start.to(cursor.previous),
        hint=f"Negate the whole: `not {field.example}`.",
    )


def _field_of(subject: Subject, token: Token) -> Field:
    if field := subject.fields.get(ALIASES.get(token.text.casefold(), token.text.casefold())):
        return field
    raise FilterError(
        f"A {subject.name} has no field `{token.text}`.",
        span=token.span,
        hint=did_you_mean(token.text, subject.fields) or f"It has {', '.join(subject.fields)}.",
        expected=subject.fields,
    )


def _with_result(cursor: Cursor, subject: Subject, start: Span, conditions: list[Condition]) -> Node:
    """An operator after the brackets speaks of the feedback's score or value; ``exists`` adds nothing."""
    if cursor.take_words("exists"):
        return Related(subject.name, tuple(conditions), start.to(cursor.previous))
    if "score" not in subject.fields:
        raise cursor.unexpected("`and` or `or`", hint=f"Put it between the brackets: `{subject.example}`.")
    field = subject.fields["score" if _asks_for_score(cursor) else "value"]
    place = cursor.here.span
    operator, is_negated = _operator(cursor, field)
    condition = Condition(field.name, operator, _values(cursor, field, operator), span=place.to(cursor.previous))
    related = Related(subject.name, (*conditions, condition), start.to(cursor.previous))
    return Not(related) if is_negated else related


def _asks_for_score(cursor: Cursor) -> bool:
    """``< 1`` and ``is 1`` mean the score, ``is "1"`` and ``any of (…)`` the value."""
    operator = cursor.here
    if operator.kind is Kind.SYMBOL and SYMBOL_OPERATORS.get(operator.text) in ORDERED:
        return True
    value = cursor.ahead(2 if cursor.ahead().is_word("not") else 1)
    return value.kind is Kind.WORD and values.as_number(value.text) is not None
