"""What is wrong with a filter, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from annotation.domain.traces.filters.tree import NOWHERE, Span


class FilterError(ValueError):
    """A filter that cannot be understood or carried out.

    ``span`` points into the text; ``hint`` says what to do; ``expected`` lists the words that would have been right
    at that place, which is also what the filter bar suggests.
    """

    def __init__(self, message: str, *, span: Span = NOWHERE, hint: str = "", expected: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        self.expected = tuple(expected)

    @property
    def position(self) -> int:
        """Offset of the first wrong character, counted from zero."""
        return self.span.start

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def pointer(self, text: str) -> str:
        """The text with a line of carets under the wrong part, for terminals and logs."""
        return f"{text}\n{' ' * self.span.start}{'^' * max(self.span.length, 1)}"


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """``Did you mean `latency`?`` when a choice is near, else an empty string."""
    by_folded = {choice.casefold(): choice for choice in choices}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean `{by_folded[near[0]]}`?" if near else ""
