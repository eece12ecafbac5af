r"""The grammar: calls within calls, over names, texts, numbers and lists.

call   = name "(" [ value { "," value } ] ")"
value  = call | name | text | number | "null" | "true" | "false" | "[" [ value { "," value } ] "]"
text   = "…" or '…', with \ before a quote or a backslash
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.tree import Span

MAX_CHARACTERS = 20_000
_MAX_DEPTH = 50
_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_.]*)
    |(?P<number>-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<mark>[()\[\],]))""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_WORDS: dict[str, bool | None] = {"null": None, "none": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Name:
    """A bare word: a field."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value, null, or a list of these."""

    value: str | Decimal | bool | tuple[Literal, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A comparison or connective with its arguments."""

    name: str
    arguments: tuple[Value, ...]
    span: Span


Value = Name | Literal | Call


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    span: Span


def parse(text: str) -> Call:
    """The call that a text is. Raises FilterError with the place."""
    if len(text) > MAX_CHARACTERS:
        raise FilterError("The filter is too long.", hint=f"It may have {MAX_CHARACTERS} characters.")
    reader = _Reader(_tokens(text), len(text))
    found = reader.value(0)
    if not isinstance(found, Call):
        raise FilterError("A filter is a comparison.", span=found.span, hint='Write for example eq(run_type, "llm").')
    reader.end()
    return found


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise FilterError("This is not understood.", span=Span(start, 1), hint="Put texts between quotes.")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], Span(match.start(kind), len(match[kind]))))
        position = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[_Token], length: int) -> None:
        self._tokens = tokens
        self._position = 0
        self._end = Span(length, 0)

    def value(self, depth: int) -> Value:
        """The value that begins here."""
        token = self._take("a value")
        if depth > _MAX_DEPTH:
            raise FilterError("The filter nests too deeply.", span=token.span)
        if token.kind == "name":
            return self._named(token, depth)
        if token.kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), token.span)
        if token.kind == "number":
            return Literal(Decimal(token.text), token.span)
        if token.text != "[":
            self._fail(token, "a value")
        return Literal(tuple(self._literal(one) for one in self._listed("]", depth)), token.span)

    def _named(self, token: _Token, depth: int) -> Value:
        if self._next_is("("):
            self._position += 1
            return Call(token.text.lower(), tuple(self._listed(")", depth)), token.span)
        if token.text.lower() in _WORDS:
            return Literal(_WORDS[token.text.lower()], token.span)
        return Name(token.text, token.span)

    def _listed(self, closing: str, depth: int) -> list[Value]:
        values: list[Value] = []
        while not self._next_is(closing):
            values.append(self.value(depth + 1))
            if not self._next_is(closing):
                self._mark(",", closing)
        self._position += 1
        return values

    def _literal(self, value: Value) -> Literal:
        if isinstance(value, Literal):
            return value
        raise FilterError("A list holds texts and numbers.", span=value.span, hint='Write ["a", "b"].')

    def _mark(self, mark: str, closing: str) -> None:
        token = self._take(f"`{mark}` or `{closing}`")
        if token.text != mark or token.kind != "mark":
            self._fail(token, f"`{mark}` or `{closing}`")

    def _next_is(self, mark: str) -> bool:
        if self._position >= len(self._tokens):
            return False
        token = self._tokens[self._position]
        return token.kind == "mark" and token.text == mark

    def _take(self, expected: str) -> _Token:
        if self._position >= len(self._tokens):
            raise FilterError(f"The filter ends where {expected} should stand.", span=self._end)
        self._position += 1
        return self._tokens[self._position - 1]

    def _fail(self, token: _Token, expected: str) -> NoReturn:
        raise FilterError(f"Here should stand {expected}.", span=token.span)

    def end(self) -> None:
        """Nothing may follow."""
        if self._position < len(self._tokens):
            token = self._tokens[self._position]
            raise FilterError("The filter should end here.", span=token.span, hint="Join comparisons by and(…, …).")
