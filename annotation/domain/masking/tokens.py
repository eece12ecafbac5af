"""Tokens in texts: what they look like, and what they stand for put back in their places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Spelling: TypeAlias = str | int
"""What stands there instead of a token: mostly text, in JSON also a whole number."""

DIGEST = 16
"""Hex digits of a digest: two values of an item share one with a chance of 2**-64."""

TOKEN = re.compile(rf"\[([\w -]{{1,40}}?) (\d{{1,9}}|[0-9a-f]{{{DIGEST}}})\]")


def restored(value: Any, stood: Mapping[str, list[Spelling]]) -> Any:
    """The value with tokens put back: the n-th time that a token stands there, what it stood for the n-th time before.

    A token that stands there more often stands for what it did last; one that is not known stays.
    """
    return _Restorer(stood).of(value)


def by_token(stood: Iterable[tuple[str, Spelling]]) -> dict[str, list[Spelling]]:
    """What each token stood for, in order."""
    found: dict[str, list[Spelling]] = {}
    for token, spelling in stood:
        found.setdefault(token, []).append(spelling)
    return found


class _Restorer:
    def __init__(self, stood: Mapping[str, list[Spelling]]) -> None:
        self._stood, self._times = stood, dict[str, int]()

    def of(self, value: Any) -> Any:
        match value:
            case str():
                return self._text(value)
            case dict():
                return {str(self._text(key)): self.of(entry) for key, entry in value.items()}
            case list():
                return [self.of(entry) for entry in value]
            case _:
                return value

    def _text(self, text: str) -> Spelling:
        if TOKEN.fullmatch(text):
            return self._spelling(text)
        return TOKEN.sub(lambda token: str(self._spelling(token[0])), text)

    def _spelling(self, token: str) -> Spelling:
        stood, times = self._stood.get(token), self._times.get(token, 0)
        self._times[token] = times + 1
        return stood[min(times, len(stood) - 1)] if stood else token


def shortened(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where any are left out; half a token would read as another value.

    A token counts as what it reads when its value has a number, however long its digest.
    """
    if len(text) <= most:
        return text
    end = most - 1
    for token in TOKEN.finditer(text):
        if token.start() >= end:
            break
        read = token.start() + len(token[1]) + len("[ 1]")
        end = end + token.end() - read if read <= end else token.start()
    return text if end >= len(text) - 1 else f"{text[:end].rstrip()}…"
