"""Cuts the text of a filter into words, quoted strings, patterns and symbols, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from annotation.domain.traces.filters.errors import FilterError
from annotation.domain.traces.filters.tree import Span

SYMBOLS = {"≤": "<=", "≥": ">=", "≠": "!=", "==": "=", "，": ",", "（": "(", "）": ")", "：": ":"}
CLOSING_QUOTE = {'"': '"', "'": "'", "“": "”", "„": "“", "「": "」"}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}

SPACE = re.compile(r"\s+")
SYMBOL = re.compile(r"<=|>=|!=|==|[<>=≤≥≠(),:，（）：]")
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?(?![\w.-])"
)
WORD = re.compile(r"[^\s<>=!≤≥≠(),:，（）：\"'“”„「」/\\][^\s<>=!≤≥≠(),:，（）：\"“”„「」\\]*")
PATTERN = re.compile(r"/((?:[^/\\\n]|\\.)+)/([A-Za-z]*)")


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    STRING = auto()
    PATTERN = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` is what the token means (a string without its quotes); ``flags`` belong to a pattern."""

    kind: Kind
    text: str
    span: Span
    flags: str = ""

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, in whatever case."""
        return self.kind is Kind.WORD and self.text.casefold() in words

    def is_symbol(self, *symbols: str) -> bool:
        """Whether it is one of these symbols."""
        return self.kind is Kind.SYMBOL and self.text in symbols


def tokenize(text: str) -> list[Token]:
    """The tokens of a filter, the last one always END; raises FilterError at the first thing that is none."""
    _refuse_unstorable(text)
    tokens: list[Token] = []
    position = _skip_space(text, 0)
    while position < len(text):
        token = _token_at(text, position)
        tokens.append(token)
        position = _skip_space(text, token.span.end)
    return [*tokens, Token(Kind.END, "", Span(len(text), 0))]


def _skip_space(text: str, position: int) -> int:
    space = SPACE.match(text, position)
    return space.end() if space else position


def _refuse_unstorable(text: str) -> None:
    """PostgreSQL text holds neither NUL nor half a surrogate pair, so no trace can contain them."""
    for position, character in enumerate(text):
        if character == "\x00" or "\ud800" <= character <= "\udfff":
            raise FilterError("This character cannot occur in a trace.", span=Span(position, 1), hint="Remove it.")


def _token_at(text: str, position: int) -> Token:
    if text[position] in CLOSING_QUOTE:
        return _string_at(text, position)
    if text[position] == "/":
        return _pattern_at(text, position)
    if symbol := SYMBOL.match(text, position):
        meaning = SYMBOLS.get(symbol.group(), symbol.group())
        return Token(Kind.SYMBOL, meaning, Span(position, len(symbol.group())))
    if word := MOMENT.match(text, position) or WORD.match(text, position):
        return Token(Kind.WORD, word.group(), Span(position, len(word.group())))
    raise FilterError(
        f"`{text[position]}` has no meaning here.",
        span=Span(position, 1),
        hint="Write `not` for negation, and put text with special characters in quotes.",
    )


def _string_at(text: str, start: int) -> Token:
    closing, parts, position = CLOSING_QUOTE[text[start]], [], start + 1
    while position < len(text) and text[position] != closing:
        character, width = _character_at(text, position, closing)
        parts.append(character)
        position += width
    if position >= len(text):
        raise FilterError(
            "This quoted text is not closed.",
            span=Span(start, len(text) - start),
            hint=f"Add a closing {closing} after the text.",
        )
    return Token(Kind.STRING, "".join(parts), Span(start, position + 1 - start))


def _character_at(text: str, position: int, closing: str) -> tuple[str, int]:
    """The character meant at this place of a string, and how many characters were written for it."""
    following = text[position + 1 : position + 2]
    if text[position] == "\\" and (following in ESCAPES or following == closing) and following:
        return ESCAPES.get(following, following), 2
    return text[position], 1


def _pattern_at(text: str, start: int) -> Token:
    found = PATTERN.match(text, start)
    if not found:
        raise FilterError(
            "This pattern is not closed.",
            span=Span(start, len(text) - start),
            hint="Write a pattern as /refund(able)?/i, with \\/ for a slash inside; put plain text in quotes.",
        )
    source, flags = found.group(1).replace("\\/", "/"), found.group(2)
    if flags.casefold() not in ("", "i"):
        raise FilterError(
            f"`{flags}` is not a flag of a pattern.",
            span=Span(start + len(found.group()) - len(flags), len(flags)),
            hint="The only flag is `i`: ignore upper and lower case.",
        )
    return Token(Kind.PATTERN, source, Span(start, len(found.group())), flags.casefold())
